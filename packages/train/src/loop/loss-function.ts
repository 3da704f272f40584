// SPDX-License-Identifier: Apache-2.0
import type { Tensor, Tree } from '@tapeloop/core';
import type { Batch } from '../data/batch.ts';

/** What the loss of a batch is computed with. */
export interface LossContext<Carried extends Tree> {
  /** What the batch before handed on; `undefined` where nothing comes before this one. */
  readonly carried: Carried | undefined;
  readonly training: boolean;
}

/** The loss of a batch. */
export interface BatchLoss<Carried extends Tree> {
  /** A scalar: the mean over the batch's tokens. */
  readonly loss: Tensor;
  /** What the next batch is to go on with, such as a recurrent state. No gradient flows through it. */
  readonly carried?: Carried;
}

/** Computes the loss of a batch. */
export type LossFunction<B extends Batch, Carried extends Tree> = (
  batch: B,
  context: LossContext<Carried>,
) => BatchLoss<Carried>;
