// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ShapeError, ValueError } from './errors.ts';

/** A tensor's dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements of a tensor of this shape: the product of its dimensions. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/** True when both shapes have the same dimensions in the same order. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/**
 * Checks that every dimension is a whole number of at least 0 and that the tensor can be addressed.
 *
 * @throws ShapeError otherwise.
 */
export function checkShape(op: string, shape: Shape): void {
  const valid = shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0);
  if (!valid || sizeOf(shape) > 2 ** 30) {
    throw new ShapeError(
      argumentMessage({
        op,
        argument: 'shape',
        expected: 'whole numbers of at least 0 with a product of at most 2^30',
        received: shape,
      }),
    );
  }
}

/**
 * The shape that two shapes broadcast to by NumPy's rule: aligned at the right, sizes equal or 1.
 *
 * @throws ShapeError when a pair of sizes is neither equal nor has a 1.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let fromRight = 1; fromRight <= rank; fromRight++) {
    const left = a[a.length - fromRight] ?? 1;
    const right = b[b.length - fromRight] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        `${op}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast: ` +
          `sizes ${left} and ${right} at dimension ${-fromRight} must be equal or one of them 1.`,
      );
    }
    result[rank - fromRight] = left === 1 ? right : left;
  }
  return result;
}

/** True when a tensor of shape `from` broadcasts to exactly `to`. */
export function broadcastsTo(from: Shape, to: Shape): boolean {
  if (from.length > to.length) return false;
  return from.every((dimension, axis) => {
    const target = to[to.length - from.length + axis];
    return dimension === target || dimension === 1;
  });
}

/** The strides, in elements, that repeat a tensor of shape `from` to the shape `to`. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = stridesOf(from);
  const added = to.length - from.length;
  return to.map((_, axis) => (from[axis - added] === 1 ? 0 : (own[axis - added] ?? 0)));
}

/** The axes of `to` along which a tensor of shape `from` was repeated to reach `to`. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const axes: number[] = [];
  const added = to.length - from.length;
  for (let axis = 0; axis < to.length; axis++) {
    if (axis < added || (from[axis - added] === 1 && to[axis] !== 1)) axes.push(axis);
  }
  return axes;
}

/**
 * Turns an axis that may count from the end (-1 is the last) into one that counts from 0.
 *
 * @throws ValueError when it is outside `[-rank, rank)`.
 */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ValueError(
      argumentMessage({
        op,
        argument: 'axis',
        expected: rank === 0 ? 'absent for a scalar' : `a whole number in [${-rank}, ${rank})`,
        received: axis,
      }),
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/**
 * Turns one axis, several, or none (all of them) into a sorted list that counts from 0.
 *
 * @throws ValueError when one is out of range or repeated.
 */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === 'number' ? [axes] : axes;
  const normalized = list.map((axis) => normalizeAxis(op, axis, rank)).sort((a, b) => a - b);
  if (new Set(normalized).size !== normalized.length) {
    throw new ValueError(
      argumentMessage({ op, argument: 'axis', expected: 'free of repeats', received: list }),
    );
  }
  return normalized;
}

/** Prints a shape as `[2,3]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}
