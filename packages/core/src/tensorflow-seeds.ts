// SPDX-License-Identifier: Apache-2.0
import { argumentMessage } from './errors.ts';
import type { RandomStreamState } from './random.ts';

/** The two seeds of a random operation of TensorFlow. */
export interface TensorFlowSeeds {
  /** What `tf.random.set_seed` was given; `null` when it was not called. */
  readonly graphSeed: number | null;
  /** The `seed` argument of the operation, or of the layer or wrapper around it. */
  readonly opSeed: number;
}

/**
 * What the seeds are given to: an operation that runs again and again, or a Keras layer, which makes
 * an operation for each call and counts its seed up.
 */
export type TensorFlowSource = 'op' | 'layer';

/** A seed as options take it: an integer, or TensorFlow's pair. */
export type Seed = number | TensorFlowSeeds;

/** The graph seed when none was set. */
const DEFAULT_GRAPH_SEED = 87654321;
/** Seeds are taken modulo this. It stands for the op seed when both seeds are 0. */
const MAX_INT32 = 2 ** 31 - 1;

/**
 * Where a stream starts that gives the numbers of TensorFlow's random operations on a CPU in eager
 * mode: the graph seed is the key, the op seed the upper half of the counter, each modulo 2³¹ − 1.
 *
 * @throws TypeError when a seed is not a safe integer.
 * @see TensorFlow, `python/framework/random_seed.py`, `core/lib/random/philox_random.h`.
 */
export function tensorFlowStart(
  op: string,
  { graphSeed, opSeed }: TensorFlowSeeds,
  source: TensorFlowSource,
): RandomStreamState {
  const key = truncated(op, 'graphSeed', graphSeed ?? DEFAULT_GRAPH_SEED);
  const high = truncated(op, 'opSeed', opSeed);
  return { key: [key, 0], counter: [0, 0, nonZero(key, high), 0], source };
}

/** The counter of the next call of a Keras layer, whose op seed is one more. */
export function nextLayerCall(
  [key]: RandomStreamState['key'],
  [, , opSeed]: RandomStreamState['counter'],
): RandomStreamState['counter'] {
  return [0, 0, nonZero(key, (opSeed + 1) % MAX_INT32), 0];
}

/** TensorFlow takes two seeds of 0 for none, and writes them otherwise. */
function nonZero(key: number, opSeed: number): number {
  return key === 0 && opSeed === 0 ? MAX_INT32 : opSeed;
}

/** A seed in [0, 2³¹ − 1), as Python's `%` gives it. */
function truncated(op: string, argument: string, seed: unknown): number {
  if (typeof seed === 'number' && Number.isSafeInteger(seed)) {
    return ((seed % MAX_INT32) + MAX_INT32) % MAX_INT32;
  }
  const expected = 'a safe integer';
  throw new TypeError(argumentMessage({ op, argument, expected, received: seed }));
}
