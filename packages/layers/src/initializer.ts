// SPDX-License-Identifier: Apache-2.0
import type { RandomStream, Shape, Tensor } from '@tapeloop/core';

/** Makes a parameter's first value. */
export interface Initializer {
  (shape: Shape, stream: RandomStream): Tensor;
  /** How a config names it; absent in functions of users, which no config can hold. */
  readonly saved?: SavedInitializer;
}

/** An initializer as JSON can hold it. */
export interface SavedInitializer {
  readonly name: string;
  readonly options?: Readonly<Record<string, number>>;
}

/** Gives an initializer the name and options that a config keeps. */
export function namedInitializer(
  name: string,
  options: Readonly<Record<string, number>>,
  initialize: (shape: Shape, stream: RandomStream) => Tensor,
): Initializer {
  const isEmpty = Object.keys(options).length === 0;
  return Object.assign((shape: Shape, stream: RandomStream) => initialize(shape, stream), {
    saved: isEmpty ? { name } : { name, options },
  });
}
