// SPDX-License-Identifier: Apache-2.0
import { memory, type Tree } from '@tapeloop/core';
import { type Batch, type TrainingRun, train } from '@tapeloop/train';
import { expect, it } from 'vitest';
import type { StartedRun } from './train-example.ts';

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

/**
 * What every example's run keeps to, as tests.
 *
 * @param withRun runs `fn` on a new run of the example, with some of its options changed, and frees it.
 * @param evaluate finds out how well the model does.
 */
export function testRuns<Started extends StartedRun>(
  withRun: <T>(
    changes: { readonly steps?: number; readonly seed?: number },
    fn: (started: Started) => Promise<T>,
  ) => Promise<T>,
  evaluate: (started: Started) => unknown,
): void {
  it('gives the same losses to the last bit for one seed, others for another', async () => {
    const first = await withRun({ seed: 1 }, remainingLosses);
    expect(await withRun({ seed: 1 }, remainingLosses)).toEqual(first);
    expect(await withRun({ seed: 2 }, remainingLosses)).not.toEqual(first);
  });

  it('holds no more tensors after step 60 and an evaluation than after step 20', async () => {
    await withRun({ steps: 60 }, async (started) => {
      const { run, learningRate } = started;
      const held: number[] = [];
      for await (const { step, type } of train(run, { steps: 60, learningRate })) {
        if (type !== 'step') continue;
        if (step === 40) evaluate(started);
        if (step === 20 || step === 60) held.push(memory().tensors);
      }
      expect(held.length).toBe(2);
      expect(held[1]).toBe(held[0]);
    });
  });
}
