// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { ones, scalar } from '../create.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { defaultRandomStream, type PhiloxPosition, type RandomStream } from '../random.ts';
import { tidy } from '../scope.ts';
import { checkShape, type Shape, sameShape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { binary } from './elementwise.ts';
import { resolveNoiseShape } from './noise-shape.ts';
import { checkTensor } from './operand.ts';
import { selectElements } from './select.ts';

/** Options of `dropout`. */
export interface DropoutOptions {
  /**
   * The shape of the mask, which is broadcast to the input: a 1 shares one decision along an axis,
   * `null` takes the input's size at this index. Default: a decision for each element.
   */
  readonly noiseShape?: readonly (number | null)[];
  /** Where the mask is drawn from. Default: the default stream. */
  readonly stream?: RandomStream;
}

interface Mask {
  readonly rate: number;
  readonly position: PhiloxPosition;
  /** `null` for one decision for each element. */
  readonly noiseShape: Shape | null;
}

/** The declared op of `dropout`: its mask is a function of its attributes, so nothing is saved. */
export const dropoutOp = defineOp({
  name: 'dropout',
  forward: ([x]: readonly [Tensor], mask: Mask) => {
    const { rate, position, noiseShape } = mask;
    if (noiseShape !== null) return dropShared(x, rate, position, noiseShape);
    const out = Tensor.empty(x.shape, 'float32', 'dropout');
    const { key, counter } = position;
    kernels().philoxDropout(
      x.pointer,
      out.pointer,
      x.size,
      rate,
      scaleOf(rate),
      ...key,
      ...counter,
    );
    return out;
  },
  gradient: (dy, { attrs }) => [() => dropBy(dy, attrs)],
});

/**
 * Inverted dropout: `y = u ≥ rate ? x / (1 − rate) : 0`, with u uniform in [0, 1) drawn anew at each
 * call, so that the mean stays. A dropped NaN or infinity becomes 0.
 *
 * The mask is not kept for backward: it is computed again from its place in the stream.
 *
 * @param x float32.
 * @param rate the share of elements to drop, in [0, 1). 0 returns `x` itself and draws nothing.
 * @throws ValueError when `rate` is outside [0, 1); ShapeError when `noiseShape` does not broadcast
 *   to exactly the shape of `x` (TensorFlow 2.0 and tfjs let it widen the result).
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 *   section 10 (inverted scaling). The arguments are those of `tf.nn.dropout`.
 */
export function dropout(x: Tensor, rate: number, options: DropoutOptions = {}): Tensor {
  checkTensor('dropout', 'x', x);
  checkRate('dropout', rate);
  const { noiseShape, stream = defaultRandomStream() } = options;
  const shape =
    noiseShape === undefined ? x.shape : resolveNoiseShape('dropout', noiseShape, x.shape);
  if (rate === 0) return x;
  const position = stream.draw(sizeOf(shape));
  const shared = sameShape(shape, x.shape) ? null : shape;
  return dropoutOp([x], { rate, position, noiseShape: shared });
}

/**
 * A mask to multiply by, for dropout whose mask outlives one call: each element is 0 with probability
 * `rate`, else 1 / (1 − rate). Rate 0 gives ones and draws nothing.
 *
 * @throws ValueError when `rate` is outside [0, 1), ShapeError when `shape` is not a shape.
 */
export function dropoutMask(
  shape: Shape,
  rate: number,
  { stream = defaultRandomStream() }: Pick<DropoutOptions, 'stream'> = {},
): Tensor {
  checkShape('dropoutMask', shape);
  checkRate('dropoutMask', rate);
  if (rate === 0) return ones(shape);
  return drawMask(shape, rate, scaleOf(rate), stream.draw(sizeOf(shape)));
}

function dropBy(x: Tensor, mask: Mask): Tensor {
  return dropoutOp([x], mask);
}

/** Dropout where axes of size 1 of the mask share one decision. */
function dropShared(x: Tensor, rate: number, position: PhiloxPosition, noiseShape: Shape): Tensor {
  return tidy(() => {
    const mask = drawMask(noiseShape, rate, 1, position);
    const isKept = Tensor.empty(noiseShape, 'bool', 'dropout');
    isKept.view().set(mask.view());
    const scaled = binary('mul', x, scalar(scaleOf(rate)));
    return selectElements('dropout', isKept, scaled, scalar(0));
  });
}

function drawMask(shape: Shape, rate: number, kept: number, position: PhiloxPosition): Tensor {
  const mask = Tensor.empty(shape, 'float32', 'dropout');
  const { key, counter } = position;
  kernels().philoxMask(mask.pointer, mask.size, rate, kept, ...key, ...counter);
  return mask;
}

function scaleOf(rate: number): number {
  return 1 / (1 - rate);
}

/** @throws ValueError when the rate is not in [0, 1): not even NaN is. */
function checkRate(op: string, rate: unknown): void {
  if (typeof rate === 'number' && rate >= 0 && rate < 1) return;
  const expected = 'a number in [0, 1)';
  const hint = 'It is the share that is dropped, not the share that is kept.';
  throw new ValueError(argumentMessage({ op, argument: 'rate', expected, received: rate, hint }));
}
