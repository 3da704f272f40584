// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';
import type { CrossEntropyKernels } from '../reference/cross-entropy.ts';
import type { LayerNormKernels } from '../reference/layer-norm.ts';
import type { ReductionKernel, ReductionKernels } from '../reference/reduction.ts';
import type { SoftmaxKernels } from '../reference/softmax.ts';
import { type KernelCheck, rounding, waves, wholes } from './check-heap.ts';

const [rows, width] = [3, 119];
const cells = rows * width;

/** The checks of kernels that go along rows or columns. */
export const rowChecks: Record<
  | keyof ReductionKernels
  | keyof SoftmaxKernels
  | keyof CrossEntropyKernels
  | keyof LayerNormKernels,
  KernelCheck
> = {
  sum: reduction((k) => k.sum),
  mean: reduction((k) => k.mean),
  sumOfSquares: reduction((k) => k.sumOfSquares),
  prod: reduction(
    (k) => k.prod,
    (n) => wholes(n).map((value) => (value > 0 ? 2 : -0.5)),
  ),
  max: reduction((k) => k.max),
  min: reduction((k) => k.min),
  argMax: (heap) => {
    const x = heap.floats(wholes(viewSize));
    const outputs = views.map(([outer, , inner]) => heap.ints(new Int32Array(outer * inner)));
    return (k) => {
      for (const [i, view] of views.entries()) k.argMax(x, outputs[i] ?? 0, ...view);
    };
  },

  softmax: rowwise((k, x, out) => k.softmax(x, out, rows, width)),
  logSoftmax: rowwise((k, x, out) => k.logSoftmax(x, out, rows, width)),
  logSumExp: rowwise((k, x, out) => k.logSumExp(x, out, rows, width)),
  softmaxGrad: (heap) => {
    const y = heap.floats(waves(cells).map((value) => (1 + value) / width));
    const dy = heap.floats(waves(cells, 1, 1));
    const dx = heap.output(cells, rounding);
    return (k) => k.softmaxGrad(y, dy, dx, rows, width);
  },
  logSoftmaxGrad: (heap) => {
    const y = heap.floats(waves(cells).map((value) => value - 5));
    const dy = heap.floats(waves(cells, 1, 1));
    const dx = heap.output(cells, rounding);
    return (k) => k.logSoftmaxGrad(y, dy, dx, rows, width);
  },

  softmaxCrossEntropy: (heap) => {
    const x = heap.floats(waves(cells, 6));
    const [labels, mask] = [heap.ints([5, 118, 0]), heap.bytes([1, 1, 0])];
    const [loss, maskedLoss] = [heap.output(rows, rounding), heap.output(rows, rounding)];
    const probs = heap.output(cells, rounding);
    return (k) => {
      k.softmaxCrossEntropy(x, labels, 0, loss, probs, rows, width);
      k.softmaxCrossEntropy(x, labels, mask, maskedLoss, 0, rows, width);
    };
  },
  softmaxCrossEntropyGrad: (heap) => {
    const probs = heap.floats(waves(cells).map((value) => (1 + value) / width));
    const [labels, mask] = [heap.ints([5, 118, 0]), heap.bytes([1, 1, 0])];
    const dloss = heap.floats(waves(rows, 2));
    const [dx, maskedDx] = [heap.output(cells, rounding), heap.output(cells, rounding)];
    return (k) => {
      k.softmaxCrossEntropyGrad(probs, labels, 0, dloss, dx, rows, width);
      k.softmaxCrossEntropyGrad(probs, labels, mask, dloss, maskedDx, rows, width);
    };
  },

  layerNorm: (heap) => {
    const x = heap.floats(waves(cells, 2));
    const [gamma, beta] = [heap.floats(waves(width, 1, 1)), heap.floats(waves(width, 1, 2))];
    const [y, plain] = [heap.output(cells, 2 * rounding), heap.output(cells, 2 * rounding)];
    const [mean, rstd] = [heap.output(rows, rounding), heap.output(rows, rounding)];
    return (k) => {
      k.layerNorm(x, gamma, beta, y, mean, rstd, rows, width, 1e-3);
      k.layerNorm(x, 0, 0, plain, mean, rstd, rows, width, 1e-3);
    };
  },
  layerNormGrad: (heap) => {
    const [x, gamma] = [heap.floats(waves(cells, 2)), heap.floats(waves(width, 1, 1))];
    const [mean, rstd] = [heap.floats(waves(rows, 0.1)), heap.floats([0.7, 0.8, 0.9])];
    const dy = heap.floats(waves(cells, 1, 3));
    const [dx, plain] = [heap.output(cells, 3 * rounding), heap.output(cells, 3 * rounding)];
    const [dgamma, dbeta] = [heap.output(width, 3 * rounding), heap.output(width, 3 * rounding)];
    return (k) => {
      k.layerNormGrad(x, gamma, mean, rstd, dy, dx, dgamma, dbeta, rows, width);
      k.layerNormGrad(x, 0, mean, rstd, dy, plain, 0, 0, rows, width);
    };
  },
};

/** Rows, columns, more columns than one strip, and a column longer than a block of 128. */
const views: readonly (readonly [outer: number, axis: number, inner: number])[] = [
  [2, 103, 1],
  [2, 117, 1],
  [1, 5, 55],
  [2, 7, 19],
  [1, 131, 7],
];
const viewSize = 131 * 7;

function reduction(
  kernel: (kernels: Kernels) => ReductionKernel,
  values: (n: number) => Float32Array = (n) => wholes(n),
): KernelCheck {
  return (heap) => {
    const x = heap.floats(values(viewSize));
    const outputs = views.map(([outer, , inner]) => heap.output(outer * inner, 0));
    return (kernels) => {
      for (const [i, view] of views.entries()) kernel(kernels)(x, outputs[i] ?? 0, ...view);
    };
  };
}

function rowwise(call: (kernels: Kernels, x: number, out: number) => void): KernelCheck {
  return (heap) => {
    const x = heap.floats(waves(cells, 8));
    const [out, inPlace] = [heap.output(cells, rounding), heap.output(waves(cells, 8), rounding)];
    return (kernels) => {
      call(kernels, x, out);
      call(kernels, inPlace, inPlace);
    };
  };
}
