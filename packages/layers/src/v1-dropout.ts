// SPDX-License-Identifier: Apache-2.0
import { defaultRandomStream, type RandomStream, type Seed, type Tensor } from '@tapeloop/core';
import type { CallContext, TrainingFlag } from './call-context.ts';
import { type LegacyLayer, noGraph, scopeNameOf } from './legacy-layer.ts';
import { type DropoutOptions, MaskedDropout } from './masked-dropout.ts';
import { RandomSource } from './random-source.ts';
import type { Rate } from './rate.ts';
import { registerModule } from './registry.ts';

/** Options of `V1Dropout`. */
export interface V1DropoutOptions extends DropoutOptions {
  /** The share that is dropped; a function is asked at every call. Default 0.5. */
  readonly rate?: Rate;
}

/**
 * `Dropout` with the face of TensorFlow 1: `rate` may be left out, and there are `apply`, `scopeName`,
 * `graph`, `getLossesFor` and `getUpdatesFor`. Like it, it does nothing unless a training flag says so,
 * its own or an enclosing call's.
 *
 * @throws what `Dropout` throws.
 * @see TensorFlow's `tf.compat.v1.layers.Dropout`.
 */
export class V1Dropout extends MaskedDropout implements LegacyLayer {
  #isCalled = false;

  constructor({ rate = 0.5, ...options }: V1DropoutOptions = {}) {
    super(rate, options);
  }

  override get className(): string {
    return 'V1Dropout';
  }

  get scopeName(): string {
    return scopeNameOf(this.className, this.name, this.#isCalled);
  }

  get graph(): never {
    throw noGraph(this.className);
  }

  override call(inputs: Tensor, context?: CallContext): Tensor {
    const outputs = super.call(inputs, context);
    this.#isCalled = true;
    return outputs;
  }

  /** Another name of `call`. */
  apply(inputs: Tensor, context?: CallContext): Tensor {
    return this.call(inputs, context);
  }

  getLossesFor(): readonly never[] {
    return [];
  }

  getUpdatesFor(): readonly never[] {
    return [];
  }
}

registerModule('V1Dropout', (options: V1DropoutOptions) => new V1Dropout(options));

/** Options of `v1Dropout`. */
export interface V1DropoutFunctionOptions extends V1DropoutOptions {
  /** Default: that of the enclosing call, else false. */
  readonly training?: TrainingFlag;
}

/** The random sources of seeds, until `setSeed` replaces the default stream. */
const sources = new WeakMap<RandomStream, Map<string, RandomSource>>();

/**
 * Makes a `V1Dropout` and calls it. Calls with equal seeds go through one stream together, so that a
 * call with a seed in a loop has a new mask each time; `setSeed` starts the streams again.
 *
 * @throws what `V1Dropout` throws.
 * @see TensorFlow's `tf.compat.v1.layers.dropout`.
 */
export function v1Dropout(inputs: Tensor, options: V1DropoutFunctionOptions = {}): Tensor {
  const { training, ...rest } = options;
  const layer = new V1Dropout(rest);
  const shared =
    rest.seed === undefined || rest.seed === null ? undefined : sharedSource(rest.seed);
  const [own] = layer.randomSources().values();
  const place = shared?.stream('').state();
  if (place !== undefined) own?.restore(place);
  const outputs = layer.call(inputs, { training });
  const next = own?.state();
  if (next !== undefined) shared?.restore(next);
  return outputs;
}

function sharedSource(seed: Seed): RandomSource {
  const parent = defaultRandomStream();
  const held = sources.get(parent) ?? new Map<string, RandomSource>();
  sources.set(parent, held);
  const key = typeof seed === 'number' ? String(seed) : `${seed.graphSeed} ${seed.opSeed}`;
  const source = held.get(key) ?? new RandomSource('v1Dropout', seed);
  held.set(key, source);
  return source;
}
