// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { argumentMessage, ShapeError } from '../errors.ts';
import { defineOp } from '../op.ts';
import {
  broadcastsTo,
  checkShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  showShape,
  sizeOf,
  stridesOf,
} from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { sumTo } from './reduce.ts';
import { strided } from './strided-copy.ts';

/** The declared op of `reshape`: a view. */
export const reshapeOp = defineOp({
  name: 'reshape',
  forward: ([x]: readonly [Tensor], { shape }: { readonly shape: Shape }) =>
    x.shareAs(shape, 'reshape'),
  gradient: (dy, { inputs: [x] }) => [() => reshape(dy, x?.shape ?? [])],
});

/** The declared op of `broadcastTo`. */
export const broadcastToOp = defineOp({
  name: 'broadcastTo',
  forward: ([x]: readonly [Tensor], { shape }: { readonly shape: Shape }) => {
    const own = stridesOf(x.shape);
    const added = shape.length - x.rank;
    const strides = shape.map((_, i) => (x.shape[i - added] === 1 ? 0 : (own[i - added] ?? 0)));
    return strided(x, { shape, strides }, 'broadcastTo');
  },
  gradient: (dy, { inputs: [x] }) => [() => sumTo(dy, x?.shape ?? [])],
});

/**
 * The same elements in another shape of the same size: a view of `x`, not a copy.
 *
 * @param shape one entry may be −1 and is inferred from the others.
 * @throws ShapeError when the sizes differ, more than one entry is −1, or one is −1 beside a 0 (any
 *   number would do).
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor('reshape', 'x', x, dtypes);
  return reshapeOp([x], { shape: resolve(x.shape, shape) });
}

/**
 * `x` without axes of size 1: a view.
 *
 * @param axis which ones; default all of size 1. Negative ones count from the end.
 * @throws ShapeError when an axis given has another size, ValueError when it does not exist.
 */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  checkTensor('squeeze', 'x', x, dtypes);
  const dropped = axis === undefined ? undefined : normalizeAxes('squeeze', axis, x.rank);
  const wrong = dropped?.find((each) => x.shape[each] !== 1);
  if (wrong !== undefined) {
    throw new ShapeError(
      argumentMessage({
        op: 'squeeze',
        argument: 'axis',
        expected: 'of size 1',
        received: `axis ${wrong} of shape ${showShape(x.shape)}`,
      }),
    );
  }
  const shape = x.shape.filter((size, i) => (dropped ? !dropped.includes(i) : size !== 1));
  return reshapeOp([x], { shape });
}

/**
 * `x` with a new axis of size 1: a view.
 *
 * @param axis where the new axis is in the result, in [−rank − 1, rank]. Default 0.
 * @throws ValueError when `axis` is out of range.
 */
export function expandDims(x: Tensor, axis = 0): Tensor {
  checkTensor('expandDims', 'x', x, dtypes);
  const shape = [...x.shape];
  shape.splice(normalizeAxis('expandDims', axis, x.rank + 1), 0, 1);
  return reshapeOp([x], { shape });
}

/** The elements of `x` as a vector, in row-major order: a view. */
export function flatten(x: Tensor): Tensor {
  checkTensor('flatten', 'x', x, dtypes);
  return reshapeOp([x], { shape: [x.size] });
}

/**
 * `x` repeated along its axes of size 1, and along new ones in front, up to `shape`.
 *
 * @throws ShapeError when `x` does not broadcast to exactly `shape` by NumPy's rule.
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor('broadcastTo', 'x', x, dtypes);
  checkShape('broadcastTo', shape);
  if (!broadcastsTo(x.shape, shape)) {
    throw new ShapeError(
      argumentMessage({
        op: 'broadcastTo',
        argument: 'shape',
        expected: `one that ${showShape(x.shape)} broadcasts to`,
        received: shape,
      }),
    );
  }
  return broadcastToOp([x], { shape });
}

/** `shape` with its −1 replaced by what the size of `from` leaves for it. */
function resolve(from: Shape, shape: Shape): Shape {
  const size = sizeOf(from);
  const known = shape.filter((dimension) => dimension !== -1);
  const unknown = shape.length - known.length;
  const rest = size / sizeOf(known);
  if (unknown > 1 || (unknown === 1 && sizeOf(known) === 0)) {
    throw wrongShape(
      unknown > 1 ? 'free of more than one -1' : 'free of -1 beside a size of 0',
      shape,
      'Write the sizes out.',
    );
  }
  if (unknown === 1 && !Number.isInteger(rest)) {
    throw wrongShape(`a divisor of the ${size} elements of ${showShape(from)} but for -1`, shape);
  }
  const resolved = shape.map((dimension) => (dimension === -1 ? rest : dimension));
  checkShape('reshape', resolved);
  if (sizeOf(resolved) !== size) {
    throw wrongShape(`of ${size} elements, as ${showShape(from)} has`, shape);
  }
  return resolved;
}

function wrongShape(expected: string, received: Shape, hint?: string): ShapeError {
  const problem = { op: 'reshape', argument: 'shape', expected, received };
  return new ShapeError(argumentMessage(hint === undefined ? problem : { ...problem, hint }));
}
