// SPDX-License-Identifier: Apache-2.0
import { tensor } from '../create.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** How a fixture's elements are placed: `offset + scale · f(start + i)`. */
export interface FixtureOptions {
  readonly scale?: number;
  readonly offset?: number;
  readonly start?: number;
}

/** A tensor whose elements are `offset + scale · cos(start + i)`: all different, the same anywhere. */
export function cosines(shape: Shape, options: FixtureOptions = {}): Tensor {
  return fixture(Math.cos, shape, options);
}

/** A tensor whose elements are `offset + scale · sin(start + i)`: all different, the same anywhere. */
export function sines(shape: Shape, options: FixtureOptions = {}): Tensor {
  return fixture(Math.sin, shape, options);
}

function fixture(
  f: (x: number) => number,
  shape: Shape,
  { scale = 1, offset = 0, start = 0 }: FixtureOptions,
): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => offset + scale * f(start + i));
  return tensor(values, shape);
}
