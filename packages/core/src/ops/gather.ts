// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { bytesPerElement, dtypes } from '../dtype.ts';
import { argumentMessage, ShapeError, ValueError } from '../errors.ts';
import { IndexedSlices } from '../indexed-slices.ts';
import { checkIndices } from '../indices.ts';
import { defineOp } from '../op.ts';
import type { InputGradient } from '../recording.ts';
import { normalizeAxis, type Shape, sameShape, showShape, sizeOf } from '../shape.ts';
import { heap } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';

interface Target {
  readonly axis: number;
  /** The size of `axis` in the table. */
  readonly size: number;
}

type Indexed = readonly [Tensor, Tensor];

/** The declared op of `gather`. */
export const gatherOp = defineOp({
  name: 'gather',
  forward: ([table, indices]: Indexed, { axis }: Target) => {
    const [before, after] = [table.shape.slice(0, axis), table.shape.slice(axis + 1)];
    const out = Tensor.empty([...before, ...indices.shape, ...after], table.dtype, 'gather');
    const move = bytesPerElement[table.dtype] === 4 ? kernels().gatherRows : gatherBytes;
    forEachRun(table, indices, axis, (tableRun, outRun, width) => {
      move(table.pointer + tableRun, indices.pointer, out.pointer + outRun, indices.size, width);
    });
    return out;
  },
  save: ([, indices]) => [indices],
  gradient: (dy, { saved: [indices], attrs: { axis, size } }): InputGradient[] => {
    const dense = () => scatterAdd(dy, indices, size, axis);
    return [axis === 0 ? { dense, slices: () => rowsOf(dy, indices, size) } : dense, null];
  },
});

/** The declared op of `scatterAdd`. */
export const scatterAddOp = defineOp({
  name: 'scatterAdd',
  forward: ([updates, indices]: Indexed, { axis, size }: Target) => {
    const before = updates.shape.slice(0, axis);
    const after = updates.shape.slice(axis + indices.rank);
    const out = Tensor.empty([...before, size, ...after], 'float32', 'scatterAdd');
    out.view().fill(0);
    forEachRun(out, indices, axis, (outRun, updatesRun, width) => {
      const [from, to] = [updates.pointer + updatesRun, out.pointer + outRun];
      kernels().scatterAddRows(from, indices.pointer, to, indices.size, width);
    });
    return out;
  },
  save: ([, indices]) => [indices],
  gradient: (dy, { saved: [indices], attrs: { axis } }) => [() => gather(dy, indices, axis), null],
});

/**
 * Entries of a table by their index: `out[…, i…, …] = table[…, indices[i…], …]`.
 *
 * The gradient for the table is `scatterAdd`: entries that were picked more than once get the sum.
 *
 * Shapes: table `[before…, size, after…]` and indices `[i…]` give `[before…, i…, after…]`.
 *
 * @param indices int32, of any shape, in [0, size).
 * @param axis which axis is indexed. Default 0; negative ones count from the end.
 * @throws ValueError for an index out of range or an axis that does not exist, DTypeError when the
 *   indices are not int32.
 */
export function gather(table: Tensor, indices: Tensor, axis = 0): Tensor {
  checkTensor('gather', 'table', table, dtypes);
  checkTensor('gather', 'indices', indices, ['int32']);
  const along = normalizeAxis('gather', axis, table.rank);
  const size = table.shape[along] ?? 0;
  checkIndices('gather', indices, size);
  return gatherOp([table, indices], { axis: along, size });
}

/**
 * Adds entries up by their index, into zeros: `out[…, n, …] = Σ updates[…, i…, …]` over the `i…` with
 * `indices[i…] = n`, in their order. What `tf.math.unsorted_segment_sum` computes, along any axis.
 *
 * Shapes: updates `[before…, i…, after…]` and indices `[i…]` give `[before…, size, after…]`.
 *
 * @param updates float32.
 * @param indices int32, in [0, size).
 * @param size the size of the result's axis.
 * @param axis the axis of the result that is indexed. Default 0; negative ones count from its end.
 * @throws ValueError for an index out of range, ShapeError when `updates` does not have the indices'
 *   shape at `axis`.
 */
export function scatterAdd(updates: Tensor, indices: Tensor, size: number, axis = 0): Tensor {
  checkTensor('scatterAdd', 'updates', updates);
  checkTensor('scatterAdd', 'indices', indices, ['int32']);
  if (!Number.isInteger(size) || size < 0) {
    const expected = 'a whole number of at least 0';
    throw new ValueError(
      argumentMessage({ op: 'scatterAdd', argument: 'size', expected, received: size }),
    );
  }
  const rank = Math.max(updates.rank - indices.rank, 0) + 1;
  const along = normalizeAxis('scatterAdd', axis, rank);
  if (!sameShape(updates.shape.slice(along, along + indices.rank), indices.shape)) {
    throw new ShapeError(
      argumentMessage({
        op: 'scatterAdd',
        argument: 'updates',
        expected: `of a shape with that of the indices, ${showShape(indices.shape)}, at axis ${along}`,
        received: showShape(updates.shape),
      }),
    );
  }
  checkIndices('scatterAdd', indices, size);
  return scatterAddOp([updates, indices], { axis: along, size });
}

/** `scatterAdd` along the first axis, not carried out: rows that share the storage of the updates. */
function rowsOf(updates: Tensor, indices: Tensor, size: number): IndexedSlices {
  const rest = updates.shape.slice(indices.rank);
  const values = updates.shareAs([indices.size, ...rest], 'gather');
  return new IndexedSlices(values, indices.shareAs([indices.size], 'gather'), [size, ...rest]);
}

/** Calls `fn` with the bytes at which each entry of the axes before `axis` starts, and a row's width. */
function forEachRun(
  table: Tensor,
  indices: Tensor,
  axis: number,
  fn: (tableRun: number, gatheredRun: number, width: number) => void,
): void {
  const shape: Shape = table.shape;
  const width = sizeOf(shape.slice(axis + 1));
  if (width === 0 || indices.size === 0) return;
  const bytes = width * bytesPerElement[table.dtype];
  const runs = sizeOf(shape.slice(0, axis));
  for (let run = 0; run < runs; run++) {
    fn(run * (shape[axis] ?? 0) * bytes, run * indices.size * bytes, width);
  }
}

/** The kernel `gatherRows` for elements of one byte. */
function gatherBytes(table: number, indices: number, out: number, n: number, width: number): void {
  const { buffer } = heap();
  const bytes = new Uint8Array(buffer);
  new Int32Array(buffer, indices, n).forEach((row, i) => {
    const start = table + row * width;
    bytes.copyWithin(out + i * width, start, start + width);
  });
}
