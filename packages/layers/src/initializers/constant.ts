// SPDX-License-Identifier: Apache-2.0
import { fill } from '@tapeloop/core';
import { type Initializer, namedInitializer } from '../initializer.ts';

/** Options of `constant`. */
export interface ConstantOptions {
  /** Default 0. */
  readonly value?: number;
}

/** Every element is `value`. */
export function constant({ value = 0 }: ConstantOptions = {}): Initializer {
  return namedInitializer('constant', { value }, (shape) => fill(shape, value));
}

/** Every element is 0. */
export function zeros(): Initializer {
  return namedInitializer('zeros', {}, (shape) => fill(shape, 0));
}

/** Every element is 1. */
export function ones(): Initializer {
  return namedInitializer('ones', {}, (shape) => fill(shape, 1));
}
