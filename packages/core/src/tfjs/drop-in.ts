// SPDX-License-Identifier: Apache-2.0
import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap } from '@tensorflow/tfjs-core';
import { RuntimeError } from '../errors.ts';
import { type Host, hostOf, type Info } from './host.ts';

/** A kernel of tfjs's computed by our kernels. */
export interface DropIn<Inputs, Attrs> {
  /** Whether ours computes this call; tfjs's own kernel does otherwise. Default: always. */
  readonly takes?: (inputs: Inputs, attrs: Attrs) => boolean;
  /** Makes the output or outputs, and leaves nothing else behind. */
  readonly compute: (host: Host, inputs: Inputs, attrs: Attrs) => Info | Info[];
}

/** A drop-in that can be registered: `configOf` has tied its types to tfjs's. */
export interface AnyDropIn {
  /**
   * The entry for tfjs's registry under tfjs's `name` of the kernel, in place of `stock`, which is
   * undefined where tfjs has none.
   */
  configOf(name: string, stock: KernelConfig | undefined): KernelConfig;
}

/** Declares a drop-in. Inputs and attributes are those of the kernel in tfjs. */
export function defineDropIn<Inputs, Attrs = unknown>({
  takes,
  compute,
}: DropIn<Inputs, Attrs>): AnyDropIn {
  return {
    configOf: (name, stock) => ({
      // tfjs calls these when it makes a backend and drops one: its own kernel stays usable.
      ...stock,
      kernelName: name,
      backendName: 'wasm',
      kernelFunc(call) {
        const { inputs, attrs } = typed<Inputs, Attrs>(call);
        if (takes === undefined || takes(inputs, attrs)) {
          return compute(hostOf(call.backend), inputs, attrs);
        }
        if (stock !== undefined) return stock.kernelFunc(call);
        throw new RuntimeError(
          `${name}: the inputs must be of a dtype and shape that the WASM backend computes, got ` +
            `${show(call.inputs)}. Cast them, or run this on tfjs's CPU backend.`,
        );
      },
    }),
  };
}

/** tfjs's registry is untyped: a kernel's name is all that promises its inputs and attributes. */
function typed<Inputs, Attrs>(call: { inputs: NamedTensorInfoMap; attrs?: NamedAttrMap }) {
  return { inputs: call.inputs as Inputs, attrs: (call.attrs ?? {}) as Attrs };
}

function show(inputs: NamedTensorInfoMap): string {
  return Object.entries(inputs)
    .flatMap(([name, info]) => (info ? `${name}: ${info.dtype} [${info.shape.join(',')}]` : []))
    .join(', ');
}
