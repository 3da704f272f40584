// SPDX-License-Identifier: Apache-2.0
import { ShapeError } from '../errors.ts';
import { sameShape, showShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { sub } from './arithmetic.ts';
import { checkTensor } from './operand.ts';
import { checkReduction, type LossReduction, reduceLoss } from './reduce-loss.ts';
import { square } from './unary.ts';

/** Options of `meanSquaredError`. */
export interface MeanSquaredErrorOptions {
  /** Default `mean`, over all elements. */
  readonly reduction?: LossReduction;
}

/**
 * The squared distance (prediction − target)², by default its mean over all elements; 0 where there
 * are none.
 *
 * @param predictions float32.
 * @param targets float32, of the very shape of the predictions: nothing is broadcast.
 * @throws ShapeError when the shapes differ, DTypeError when a dtype is not float32.
 */
export function meanSquaredError(
  predictions: Tensor,
  targets: Tensor,
  { reduction = 'mean' }: MeanSquaredErrorOptions = {},
): Tensor {
  checkTensor('meanSquaredError', 'predictions', predictions);
  checkTensor('meanSquaredError', 'targets', targets);
  checkReduction('meanSquaredError', reduction);
  if (!sameShape(predictions.shape, targets.shape)) {
    throw new ShapeError(
      `meanSquaredError: targets must be of the predictions' shape ${showShape(predictions.shape)}, ` +
        `got ${showShape(targets.shape)}. Reshape or broadcast them first.`,
    );
  }
  return reduceLoss(square(sub(predictions, targets)), reduction, predictions.size);
}
