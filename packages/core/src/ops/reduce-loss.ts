// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { div } from './arithmetic.ts';
import { sum } from './reduce.ts';

/** How the losses of all entries become one: their mean, their sum, or not at all. */
export type LossReduction = 'mean' | 'sum' | 'none';

/**
 * Reduces the losses of entries, of which `count` are there. The mean of none is 0, so that a batch
 * of nothing but padding changes no parameter.
 */
export function reduceLoss(losses: Tensor, reduction: LossReduction, count: number): Tensor {
  switch (reduction) {
    case 'none':
      return losses;
    case 'sum':
      return sum(losses);
    case 'mean':
      return div(sum(losses), Math.max(1, count));
  }
}

/** @throws ValueError when the reduction is none of the three. */
export function checkReduction(op: string, reduction: LossReduction): void {
  if (['mean', 'sum', 'none'].includes(reduction)) return;
  const expected = "'mean', 'sum' or 'none'";
  throw new ValueError(
    argumentMessage({ op, argument: 'reduction', expected, received: reduction }),
  );
}
