// SPDX-License-Identifier: Apache-2.0
import type { Tree } from '@tapeloop/core';
import { type Batch, type TrainingRun, train } from '@tapeloop/train';

/** A run of an example. */
interface Started<B extends Batch, Carried extends Tree> {
  readonly run: TrainingRun<B, Carried>;
  readonly learningRate: (step: number) => number;
  readonly config: { readonly steps: number };
}

/** Runs `fn` on a run and frees it. */
export async function usingRun<S extends { readonly run: Disposable }, T>(
  started: S,
  fn: (started: S) => Promise<T>,
): Promise<T> {
  using _ = started.run;
  return await fn(started);
}

/** Makes the steps that are left. @returns their losses. */
export async function remainingLosses<B extends Batch, Carried extends Tree>({
  run,
  learningRate,
  config: { steps },
}: Started<B, Carried>): Promise<number[]> {
  const losses: number[] = [];
  for await (const event of train(run, { steps, learningRate })) {
    if (event.type === 'step') losses.push(event.loss);
  }
  return losses;
}
