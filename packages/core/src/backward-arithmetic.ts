// SPDX-License-Identifier: Apache-2.0
import type { Gradient, IndexedSlices } from './indexed-slices.ts';
import type { Tensor } from './tensor.ts';

/** The few ops that the reverse pass itself runs; the ops provide them. */
export interface BackwardArithmetic {
  onesLike(x: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  /** accumulator += x, unrecorded. */
  addInPlace(accumulator: Tensor, x: Tensor): void;
  /** Sums over the axes that broadcasting a tensor of `shape` would have repeated. */
  sumTo(x: Tensor, shape: readonly number[]): Tensor;
  /** The slices with every index once. */
  coalesce(slices: IndexedSlices): IndexedSlices;
  /** The sum of coalesced slices, coalesced. */
  addSlices(a: IndexedSlices, b: IndexedSlices): IndexedSlices;
  /** A tensor as itself. */
  toDense(gradient: Gradient): Tensor;
}

let provided: BackwardArithmetic;

/** Gives the reverse pass its arithmetic: it imports no op. */
export function provideArithmetic(ops: BackwardArithmetic): void {
  provided = ops;
}

/** What the ops provided. */
export function arithmetic(): BackwardArithmetic {
  return provided;
}
