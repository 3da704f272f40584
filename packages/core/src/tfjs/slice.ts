// SPDX-License-Identifier: Apache-2.0
import { backend_util, slice_util } from '@tensorflow/tfjs-core';
import { copyWords, mergedAxes } from '../ops/strided-copy.ts';
import { normalizeAxis, sizeOf, stridesOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import { type Host, type Info, isWord } from './host.ts';

interface SliceAttrs {
  readonly begin: number | number[];
  readonly size: number | number[];
}

interface SplitAttrs {
  readonly numOrSizeSplits: number | number[];
  readonly axis: number;
}

/** tfjs's block of a tensor. Its own kernel copies the whole tensor out of the heap first. */
export const slice = defineDropIn<{ readonly x: Info }, SliceAttrs>({
  takes: ({ x }) => isWord(x),
  compute(host, { x }, attrs) {
    const [begin = [], size = []] = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
    slice_util.assertParamsValid(x, begin, size);
    return block(host, x, begin, size);
  },
});

/** tfjs's parts of a tensor along an axis. */
export const splitV = defineDropIn<{ readonly x: Info }, SplitAttrs>({
  takes: ({ x }) => isWord(x),
  compute(host, { x }, attrs) {
    const axis = normalizeAxis('split', attrs.axis, x.shape.length);
    return parts(host, x, axis, backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis));
  },
});

/** tfjs's slices of a tensor along an axis, without the axis. */
export const unpack = defineDropIn<{ readonly value: Info }, { readonly axis: number }>({
  takes: ({ value }) => isWord(value),
  compute(host, { value }, attrs) {
    const axis = normalizeAxis('unstack', attrs.axis, value.shape.length);
    const sizes = new Array<number>(value.shape[axis] ?? 0).fill(1);
    return parts(host, value, axis, sizes).map(({ dataId, dtype, shape }) => ({
      dataId,
      dtype,
      shape: shape.filter((_, i) => i !== axis),
    }));
  },
});

function parts(host: Host, x: Info, axis: number, sizes: readonly number[]): Info[] {
  const made: Info[] = [];
  const begin = x.shape.map(() => 0);
  try {
    for (const length of sizes) {
      const size = x.shape.map((whole, i) => (i === axis ? length : whole));
      made.push(block(host, x, begin, size));
      begin[axis] = (begin[axis] ?? 0) + length;
    }
    return made;
  } catch (error) {
    for (const info of made) host.release(info);
    throw error;
  }
}

function block(host: Host, x: Info, begin: readonly number[], size: readonly number[]): Info {
  const out = host.outputLike(x, size);
  if (sizeOf(size) === 0) return out.info;
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
  copyWords(host.kernels, mergedAxes(size, strides), host.pointer(x) + 4 * offset, out.pointer);
  return out.info;
}
