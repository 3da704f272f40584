// SPDX-License-Identifier: Apache-2.0
import { ShapeError } from '../errors.ts';
import { showShape, sizeOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import { isIndex } from './gather.ts';
import { type Host, type Info, isWord } from './host.ts';

interface SegmentInputs {
  readonly x: Info;
  readonly segmentIds: Info;
}

/** Rows of `width` elements that are added to the rows of `to` that their ids name. */
interface Rows {
  readonly from: number;
  readonly ids: number;
  readonly to: number;
  readonly length: number;
  readonly width: number;
}

/**
 * `out[s, …] = Σ x[i, …]` over the i with `segmentIds[i] = s`: the gradient of an embedding. Slices
 * with an id outside [0, numSegments) count nowhere, as in TensorFlow.
 */
export const unsortedSegmentSum = defineDropIn<SegmentInputs, { readonly numSegments: number }>({
  takes: ({ x, segmentIds }) => isWord(x) && isIndex(segmentIds),
  compute(host, { x, segmentIds }, { numSegments }) {
    const [slices = 0, ...rest] = x.shape;
    if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== slices) {
      throw new ShapeError(
        `unsortedSegmentSum: segmentIds must have one id for each of the ${slices} slices of x, ` +
          `got shape ${showShape(segmentIds.shape)}.`,
      );
    }
    const out = host.outputLike(x, [numSegments, ...rest]);
    const width = sizeOf(rest);
    host.kernels.fill(out.pointer, numSegments * width, 0);
    if (width === 0) return out.info;
    const [from, ids] = [host.pointer(x), host.pointer(segmentIds)];
    for (let start = 0; start < slices; start++) {
      const bad = host.kernels.firstIndexOutOfRange(ids + 4 * start, slices - start, numSegments);
      const length = bad < 0 ? slices - start : bad;
      const rows = { from: from + 4 * start * width, ids: ids + 4 * start, to: out.pointer };
      addRows(host, { ...rows, length, width }, x.dtype === 'int32');
      start += length;
    }
    return out.info;
  },
});

function addRows(host: Host, { from, ids, to, length, width }: Rows, isInteger: boolean): void {
  if (!isInteger) {
    host.kernels.scatterAddRows(from, ids, to, length, width);
    return;
  }
  const rows = host.integers(ids, length);
  const updates = host.integers(from, length * width);
  rows.forEach((row, i) => {
    const sums = host.integers(to + 4 * row * width, width);
    for (let j = 0; j < width; j++) sums[j] = (sums[j] ?? 0) + (updates[i * width + j] ?? 0);
  });
}
