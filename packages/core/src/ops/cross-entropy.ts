// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { argumentMessage, ShapeError, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { sameShape, showShape, stridesOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { mul, sub } from './arithmetic.ts';
import { oneHot } from './one-hot.ts';
import { checkTensor } from './operand.ts';
import { sum } from './reduce.ts';
import { checkReduction, type LossReduction, reduceLoss } from './reduce-loss.ts';
import { expandDims } from './reshape.ts';
import { softmax } from './softmax.ts';
import { where } from './where.ts';

/** Options of `softmaxCrossEntropy`. */
export interface SoftmaxCrossEntropyOptions {
  /** `bool`, of the labels' shape: false leaves an entry out, whatever its logits and label are. */
  readonly mask?: Tensor;
  /** Default `mean`, over the entries that are not masked. */
  readonly reduction?: LossReduction;
}

/** A mask or none follows. */
type Rows = readonly [logits: Tensor, labels: Tensor, ...masks: Tensor[]];

/** The declared op of `softmaxCrossEntropy`: one loss an entry, 0 where it is masked. */
export const softmaxCrossEntropyOp = defineOp({
  name: 'softmaxCrossEntropy',
  forward: ([logits, labels, mask]: Rows) => {
    const out = Tensor.empty(labels.shape, 'float32', 'softmaxCrossEntropy');
    const [rows, classes] = [labels.size, classesOf(logits)];
    const pointers = [logits.pointer, labels.pointer, mask?.pointer ?? 0, out.pointer] as const;
    kernels().softmaxCrossEntropy(...pointers, 0, rows, classes);
    return out;
  },
  save: (inputs) => inputs,
  gradient: (dy, { saved }) => [() => softmaxCrossEntropyGradientOp([dy, ...saved]), null, null],
});

/** The declared op of d(loss)/d(logits) = (softmax(logits) − oneHot(labels)) · dy; 0 where masked. */
export const softmaxCrossEntropyGradientOp = defineOp({
  name: 'softmaxCrossEntropyGradient',
  forward: ([dy, logits, labels, mask]: readonly [dy: Tensor, ...Rows]) => {
    const out = Tensor.empty(logits.shape, 'float32', 'softmaxCrossEntropyGradient');
    const [rows, classes] = [labels.size, classesOf(logits)];
    const { softmax, softmaxCrossEntropyGrad } = kernels();
    softmax(logits.pointer, out.pointer, rows, classes);
    const constants = [labels.pointer, mask?.pointer ?? 0, dy.pointer] as const;
    softmaxCrossEntropyGrad(out.pointer, ...constants, out.pointer, rows, classes);
    return out;
  },
  save: (inputs) => inputs,
  gradient: (ddx, { saved: [dy, logits, labels, mask] }) => {
    const change = zeroWhereMasked(ddx, mask);
    const probabilities = () => softmax(zeroWhereMasked(logits, mask));
    const weighted = (weights: Tensor) => sum(mul(change, weights), { axis: -1, keepDims: true });
    return [
      () => sum(mul(change, sub(probabilities(), oneHot(labels, classesOf(logits)))), { axis: -1 }),
      () => {
        const p = probabilities();
        return mul(mul(expandDims(dy, -1), p), sub(change, weighted(p)));
      },
      null,
      null,
    ];
  },
});

/**
 * −log softmax(logits)[label] for each entry, by default the mean over the entries that are not
 * masked. Computed as log Σ eˣ − x[label], so that nothing overflows. The mean of no entries is 0.
 *
 * The gradient is (softmax(logits) − oneHot(label)) · dloss, and dloss/n for a mean of n.
 *
 * Shapes: logits `[..., classes]`, labels and mask `[...]`; the loss is a scalar, or `[...]` with
 * `reduction: 'none'`, where masked entries are 0.
 *
 * @param logits float32.
 * @param labels int32 in [0, classes); where the mask is false, anything.
 * @throws ValueError naming the first label that is out of range, ShapeError when the shapes do not
 *   fit, DTypeError.
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  { mask, reduction = 'mean' }: SoftmaxCrossEntropyOptions = {},
): Tensor {
  checkArguments(logits, labels, mask);
  checkReduction('softmaxCrossEntropy', reduction);
  checkLabels(labels, mask, classesOf(logits));
  const masks = mask === undefined ? [] : [mask];
  const losses = softmaxCrossEntropyOp([logits, labels, ...masks]);
  return reduceLoss(losses, reduction, mask === undefined ? labels.size : countTrue(mask));
}

function checkArguments(logits: Tensor, labels: Tensor, mask: Tensor | undefined): void {
  const op = 'softmaxCrossEntropy';
  checkTensor(op, 'logits', logits);
  checkTensor(op, 'labels', labels, ['int32']);
  if (logits.rank === 0 || !sameShape(labels.shape, logits.shape.slice(0, -1))) {
    throw new ShapeError(
      `${op}: labels must be of the logits' shape without its last axis, got labels ` +
        `${showShape(labels.shape)} for logits ${showShape(logits.shape)}.`,
    );
  }
  if (mask === undefined) return;
  checkTensor(op, 'mask', mask, ['bool']);
  if (!sameShape(mask.shape, labels.shape)) {
    throw new ShapeError(
      `${op}: mask must be of the labels' shape ${showShape(labels.shape)}, got ` +
        `${showShape(mask.shape)}.`,
    );
  }
}

function checkLabels(labels: Tensor, mask: Tensor | undefined, classes: number): void {
  const at = firstOutOfRange(labels, mask, classes);
  if (at < 0) return;
  const index = stridesOf(labels.shape).map(
    (stride, i) => Math.floor(at / stride) % (labels.shape[i] ?? 1),
  );
  throw new ValueError(
    argumentMessage({
      op: 'softmaxCrossEntropy',
      argument: `labels[${index.join(', ')}]`,
      expected: `in [0, ${classes})`,
      received: labels.view()[at],
      hint: 'Leave padding out with a mask.',
    }),
  );
}

function firstOutOfRange(labels: Tensor, mask: Tensor | undefined, classes: number): number {
  const first = kernels().firstIndexOutOfRange(labels.pointer, labels.size, classes);
  if (first < 0 || mask === undefined) return first;
  const isThere = mask.view();
  return labels.view().findIndex((label, i) => isThere[i] === 1 && (label < 0 || label >= classes));
}

function countTrue(mask: Tensor): number {
  let count = 0;
  for (const value of mask.view()) count += value;
  return count;
}

function classesOf(logits: Tensor): number {
  return logits.shape.at(-1) ?? 1;
}

function zeroWhereMasked(x: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? x : where(expandDims(mask, -1), x, 0);
}
