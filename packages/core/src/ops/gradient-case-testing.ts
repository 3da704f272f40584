// SPDX-License-Identifier: Apache-2.0
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { type FixtureOptions, sines } from '../testing/fixtures.ts';
import { mul } from './arithmetic.ts';

/** A point at which an op's gradients are checked against central differences. */
export interface GradientCheck {
  /** What is special about it, for the test's title: `scalar`, `row broadcast`, `zero-size`. */
  readonly at: string;
  /** The op as a function of float32 tensors; attributes and integer inputs are bound. */
  readonly fn: (...inputs: Tensor[]) => Tensor;
  /** Makes the point; called when the backend is ready. Keep it away from kinks. */
  readonly inputs: () => readonly Tensor[];
}

/** An op with a gradient: all its checks run to the order given. */
export interface DifferentiableCase {
  /** 2 where the rule consists of differentiable ops. */
  readonly order: 1 | 2;
  readonly checks: readonly GradientCheck[];
}

/** An op without a gradient: asking for one through `fn`, at a vector of 6 elements, must throw. */
export interface NotDifferentiableCase {
  readonly notDifferentiable: (x: Tensor) => Tensor;
}

/** How an op's gradient is tested. `gradients.test.ts` demands one for every op. */
export type OpCase = DifferentiableCase | NotDifferentiableCase;

/** Options of `elementwise`. */
export interface ElementwiseOptions extends FixtureOptions {
  readonly order?: 1 | 2;
}

/** The checks that every elementwise op of one input needs, with elements `offset + scale · sin(i)`. */
export function elementwise(
  fn: (x: Tensor) => Tensor,
  { order = 2, ...fixture }: ElementwiseOptions = {},
): DifferentiableCase {
  const x = (shape: Shape) => () => [sines(shape, { start: 1, ...fixture })];
  return {
    order,
    checks: [
      { at: 'scalar', fn, inputs: x([]) },
      { at: 'vector', fn, inputs: x([5]) },
      { at: 'matrix', fn, inputs: x([2, 3]) },
      { at: 'reuse of one tensor', fn: (t) => mul(t, fn(t)), inputs: x([4]) },
      { at: 'zero-size', fn, inputs: x([0, 3]) },
    ],
  };
}

/** Options of `pairwise`: where the elements of each operand lie. */
export interface PairwiseOptions {
  readonly order?: 1 | 2;
  readonly a?: FixtureOptions;
  readonly b?: FixtureOptions;
  /** Left out for an op with a kink where both operands are equal. Default true. */
  readonly reuse?: boolean;
}

/** The checks that every elementwise op of two inputs needs. */
export function pairwise(
  fn: (a: Tensor, b: Tensor) => Tensor,
  { order = 2, a = {}, b = {}, reuse = true }: PairwiseOptions = {},
): DifferentiableCase {
  const pair = (left: Shape, right: Shape) => () => [
    sines(left, { start: 1, ...a }),
    sines(right, { start: 7, ...b }),
  ];
  const reused = {
    at: 'reuse of one tensor',
    fn: (x: Tensor) => fn(x, x),
    inputs: () => [sines([4], { start: 1, ...a })],
  };
  return {
    order,
    checks: [
      { at: 'scalars', fn, inputs: pair([], []) },
      { at: 'vectors', fn, inputs: pair([5], [5]) },
      { at: 'matrices', fn, inputs: pair([2, 3], [2, 3]) },
      { at: 'matrix and row', fn, inputs: pair([2, 3], [3]) },
      { at: 'row and matrix', fn, inputs: pair([3], [2, 3]) },
      { at: 'column and row', fn, inputs: pair([2, 1], [1, 3]) },
      { at: 'scalar and vector', fn, inputs: pair([], [4]) },
      { at: 'vector and scalar', fn, inputs: pair([4], []) },
      { at: 'zero-size', fn, inputs: pair([0, 3], [3]) },
      ...(reuse ? [reused] : []),
    ],
  };
}
