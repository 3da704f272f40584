// SPDX-License-Identifier: Apache-2.0
import {
  checkAnySeed,
  defaultRandomStream,
  RandomStream,
  type RandomStreamState,
  type Seed,
  streamFromSeed,
  type TensorFlowSource,
} from '@tapeloop/core';

/** How often each path has forked a default stream, so that equal paths get different streams. */
const forkCounts = new WeakMap<RandomStream, Map<string, number>>();

/**
 * A fork of the default stream for a path. The first request for a path gets its plain fork; later
 * ones, from other modules of the same path, are numbered. `setSeed` starts the numbers again.
 */
export function forkDefaultStream(path: string): RandomStream {
  const parent = defaultRandomStream();
  const counts = forkCounts.get(parent) ?? new Map<string, number>();
  forkCounts.set(parent, counts);
  const count = counts.get(path) ?? 0;
  counts.set(path, count + 1);
  return parent.fork(count === 0 ? path : `${path}#${count}`);
}

/**
 * Where a module's random numbers come from: a stream of its own when it has a seed, else a fork of
 * the default stream by its path, renewed whenever `setSeed` restarts the default.
 */
export class RandomSource {
  readonly seed: Seed | undefined;
  readonly #kind: TensorFlowSource;
  #stream: RandomStream | undefined;
  #parent: RandomStream | undefined;

  /**
   * @param kind what draws, where `seed` is a pair of TensorFlow's.
   * @throws TypeError when `seed` is given and neither a safe integer nor a pair of them.
   */
  constructor(op: string, seed?: Seed, kind: TensorFlowSource = 'op') {
    if (seed !== undefined) checkAnySeed(op, seed);
    this.seed = seed;
    this.#kind = kind;
  }

  /** The stream. `path` tells unseeded sources apart and counts at the first use. */
  stream(path: string): RandomStream {
    if (this.seed !== undefined) {
      this.#stream ??= streamFromSeed(this.seed, this.#kind);
      return this.#stream;
    }
    const parent = defaultRandomStream();
    if (this.#stream === undefined || this.#parent !== parent) {
      this.#stream = forkDefaultStream(path);
      this.#parent = parent;
    }
    return this.#stream;
  }

  /** Goes back to the stream's first number. */
  reset(): void {
    if (this.#stream === undefined) return;
    const { key } = this.#stream.state();
    this.#stream =
      this.seed === undefined
        ? new RandomStream({ key, counter: [0, 0, 0, 0] })
        : streamFromSeed(this.seed, this.#kind);
  }

  /** Where the stream stands, `undefined` before its first use. */
  state(): RandomStreamState | undefined {
    return this.#stream?.state();
  }

  /** Goes on from a saved place. */
  restore(state: RandomStreamState): void {
    this.#stream = new RandomStream(state);
    this.#parent = defaultRandomStream();
  }
}
