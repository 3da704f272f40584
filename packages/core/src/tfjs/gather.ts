// SPDX-License-Identifier: Apache-2.0
import { backend_util } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { normalizeAxis, sizeOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import { type Host, type Info, isWord } from './host.ts';

interface GatherInputs {
  readonly x: Info;
  readonly indices: Info;
}

interface GatherAttrs {
  readonly axis: number;
  readonly batchDims: number;
}

/** tfjs's slices of a tensor along an axis, by int32 indices. */
export const gatherV2 = defineDropIn<GatherInputs, GatherAttrs>({
  takes: ({ x, indices }) => isWord(x) && isIndex(indices),
  compute(host, { x, indices }, { axis, batchDims }) {
    const parsedAxis = normalizeAxis('gather', axis, x.shape.length);
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, parsedAxis, batchDims);
    checkIndices(host, indices, dimSize);
    const out = host.outputLike(x, outputShape);
    if (sizeOf(outputShape) === 0) return out.info;
    const picked = sizeOf(indices.shape) / batchSize;
    const [table, ids] = [host.pointer(x), host.pointer(indices)];
    for (let i = 0; i < batchSize * outerSize; i++) {
      const from = table + 4 * i * dimSize * sliceSize;
      const list = ids + 4 * picked * Math.floor(i / outerSize);
      const to = out.pointer + 4 * i * picked * sliceSize;
      host.kernels.gatherRows(from, list, to, picked, sliceSize);
    }
    return out.info;
  },
});

/** True for int32, the dtype of indices. */
export function isIndex({ dtype }: Info): boolean {
  return dtype === 'int32';
}

function checkIndices(host: Host, indices: Info, limit: number): void {
  const [pointer, size] = [host.pointer(indices), sizeOf(indices.shape)];
  const bad = host.kernels.firstIndexOutOfRange(pointer, size, limit);
  if (bad < 0) return;
  throw new ValueError(
    `GatherV2: the index value ${host.integers(pointer, size)[bad]} is not in [0, ${limit - 1}]`,
  );
}
