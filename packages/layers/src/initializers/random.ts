// SPDX-License-Identifier: Apache-2.0
import {
  normal as drawNormal,
  truncatedNormal as drawTruncatedNormal,
  uniform as drawUniform,
  RandomStream,
} from '@tapeloop/core';
import { type Initializer, namedInitializer } from '../initializer.ts';

/** An option of every random initializer. */
export interface SeedOption {
  /** Gives it a stream of its own, the same values at every use. Default: the stream of the parameter. */
  readonly seed?: number;
}

/** Options of `uniform`. */
export interface UniformOptions extends SeedOption {
  /** Lower end of the range, included. Default -0.05. */
  readonly minimum?: number;
  /** Upper end of the range, left out. Default 0.05. */
  readonly maximum?: number;
}

/** Options of `normal` and `truncatedNormal`. */
export interface NormalOptions extends SeedOption {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation (of the distribution before truncation). Default 0.05. */
  readonly stddev?: number;
}

/** Every element from the uniform distribution on [minimum, maximum). */
export function uniform(options: UniformOptions = {}): Initializer {
  const { minimum = -0.05, maximum = 0.05, seed } = options;
  return namedInitializer('uniform', { minimum, maximum, ...seedOf(seed) }, (shape, stream) => {
    return drawUniform(shape, { min: minimum, max: maximum, stream: ownStream(stream, seed) });
  });
}

/** Every element from the normal distribution. */
export function normal(options: NormalOptions = {}): Initializer {
  const { mean = 0, stddev = 0.05, seed } = options;
  return namedInitializer('normal', { mean, stddev, ...seedOf(seed) }, (shape, stream) => {
    return drawNormal(shape, { mean, stddev, stream: ownStream(stream, seed) });
  });
}

/** Every element from the normal distribution, drawn again where it is over two deviations away. */
export function truncatedNormal(options: NormalOptions = {}): Initializer {
  const { mean = 0, stddev = 0.05, seed } = options;
  return namedInitializer('truncatedNormal', { mean, stddev, ...seedOf(seed) }, (shape, stream) => {
    return drawTruncatedNormal(shape, { mean, stddev, stream: ownStream(stream, seed) });
  });
}

/** The stream of an initializer's own seed, or else the parameter's. */
export function ownStream(stream: RandomStream, seed: number | undefined): RandomStream {
  return seed === undefined ? stream : new RandomStream(seed);
}

/** `{ seed }` for a config, without the key when there is none. */
export function seedOf(seed: number | undefined): { readonly seed?: number } {
  return seed === undefined ? {} : { seed };
}
