// SPDX-License-Identifier: Apache-2.0
import { dispose, type Tree, tidy } from '@tapeloop/core';
import type { Batch, BatchSource } from '../data/batch.ts';
import type { LossFunction } from './loss-function.ts';

/** A mean and how many tokens it is of. */
export interface MeanLoss {
  readonly loss: number;
  readonly tokens: number;
}

/**
 * The mean loss over one pass of data, each token counted once, with `training` false. What a batch
 * hands on is carried to the next.
 */
export function evaluate<B extends Batch, Carried extends Tree>(
  data: BatchSource<B>,
  lossOf: LossFunction<B, Carried>,
): MeanLoss {
  let carried: Carried | undefined;
  let total = 0;
  let tokens = 0;
  try {
    for (let step = 0; step < data.batchesPerPass; step++) {
      const batch = data.at(step);
      const before = batch.isFirst === false ? carried : undefined;
      const result = tidy(() => {
        const { loss, carried: after } = lossOf(batch, { carried: before, training: false });
        return { loss: loss.item(), after };
      });
      dispose(carried);
      carried = result.after;
      total += result.loss * batch.tokens;
      tokens += batch.tokens;
    }
  } finally {
    dispose(carried);
  }
  return { loss: total / tokens, tokens };
}
