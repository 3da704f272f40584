// SPDX-License-Identifier: Apache-2.0
import {
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { type InitOptions, init, type RuntimeInfo } from '../backend.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { kernelLinker } from '../kernels/load.ts';
import { type DropInName, dropInNames, dropIns } from './catalogue.ts';
import { keepLinker } from './host.ts';

/** Options of `accelerateTfjs`: those of `init`, and which kernels to leave as they are. */
export interface AccelerateOptions extends InitOptions {
  /** tfjs's names of kernels that tfjs keeps computing itself, or keeps not having. */
  readonly except?: readonly DropInName[];
}

/** What `accelerateTfjs` changed. */
export interface Acceleration {
  /** What runs the kernels. */
  readonly runtime: RuntimeInfo;
  /** tfjs's names of the kernels that ours stand in for. */
  readonly replaced: readonly DropInName[];
  /** tfjs's names of the kernels that its WASM backend does not have. */
  readonly added: readonly DropInName[];
  /** Puts tfjs's own kernels back; tensors stay valid. A second call does nothing. */
  restore(): void;
}

/** A registered drop-in and what stood in its place. */
interface Registration {
  readonly name: DropInName;
  readonly stock: KernelConfig | undefined;
}

let registrations: readonly Registration[] = [];

/**
 * Makes tfjs's WASM backend run Tapeloop's kernels: matrix products of every transposition,
 * exponentials, sums and more at several times the speed, and the gradients of embeddings and
 * convolutions, which tfjs does not have there. Models of tfjs-layers train on it unchanged.
 *
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { accelerateTfjs } from '@tapeloop/core/tfjs';
 * await accelerateTfjs();
 * await model.fit(x, y);
 * ```
 *
 * It starts and selects the WASM backend as `init` does; call it before the first tensor. A call
 * while kernels are in place puts tfjs's own back first, so the last call's options hold.
 *
 * @throws RuntimeError as `init`; ValueError when `except` names a kernel that is not replaced.
 */
export async function accelerateTfjs(options: AccelerateOptions = {}): Promise<Acceleration> {
  const { except = [], ...runtimeOptions } = options;
  checkNames(except);
  const runtime = await init(runtimeOptions);
  keepLinker(await kernelLinker(runtime.kernels));
  restoreStock();
  registrations = dropInNames.filter((name) => !except.includes(name)).map(register);
  const own = registrations;
  const names = (isReplaced: boolean) =>
    own.filter(({ stock }) => (stock !== undefined) === isReplaced).map(({ name }) => name);
  return {
    runtime,
    replaced: names(true),
    added: names(false),
    restore() {
      if (registrations === own) restoreStock();
    },
  };
}

function register(name: DropInName): Registration {
  // tfjs answers for a kernel that is not there with undefined, in spite of its types.
  const stock: KernelConfig | undefined = getKernel(name, 'wasm');
  if (stock !== undefined) unregisterKernel(name, 'wasm');
  registerKernel(dropIns[name].configOf(name, stock));
  return { name, stock };
}

function restoreStock(): void {
  for (const { name, stock } of registrations) {
    unregisterKernel(name, 'wasm');
    if (stock !== undefined) registerKernel(stock);
  }
  registrations = [];
}

function checkNames(except: readonly string[]): void {
  const known: readonly string[] = dropInNames;
  const unknown = except.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ValueError(
    argumentMessage({
      op: 'accelerateTfjs',
      argument: 'except',
      expected: `of names among ${known.join(', ')}`,
      received: unknown,
    }),
  );
}
