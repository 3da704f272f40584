// SPDX-License-Identifier: Apache-2.0
import { init, memory } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, withRunState } from '../checkpoint/checkpoint.ts';
import { ContiguousBatches } from '../data/contiguous-batches.ts';
import { toyIds, toyRun } from './toy-run-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type ToyRun = ReturnType<typeof toyRun>;

async function losses(run: ToyRun, steps: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < steps; i++) found.push((await run.trainStep()).loss);
  return found;
}

function encode(run: ToyRun): Uint8Array {
  const state = run.state();
  try {
    return encodeCheckpoint(state, { name: 'toy' });
  } finally {
    for (const each of state.tensors.values()) each.dispose();
  }
}

describe('TrainingRun', () => {
  it('trains: the loss after 60 steps is less than half of the first', async () => {
    using run = toyRun();
    const found = await losses(run, 60);
    expect(found.at(-1)).toBeLessThan((found[0] ?? 0) / 2);
    expect(run.counters.step).toBe(60);
  });

  it('ends each step with as many tensors as it began, once a state is carried', async () => {
    using run = toyRun();
    await losses(run, 2);
    const before = memory().tensors;
    await losses(run, 12);
    expect(memory().tensors).toBe(before);
  });

  it('evaluates without dropout, each token once, and leaves the run as it was', async () => {
    using run = toyRun();
    await losses(run, 4);
    const whole = new ContiguousBatches(toyIds, { batch: 2, window: 199 });
    const cut = new ContiguousBatches(toyIds, { batch: 2, window: 31 });
    const loss = await run.evaluate(whole);
    expect(await run.evaluate(cut)).toBeCloseTo(loss, 6);
    const after = await losses(run, 3);
    using twin = toyRun();
    expect(after).toEqual((await losses(twin, 7)).slice(4));
  });

  it.each([1, 8, 9, 10])('goes on from step %i of a file to the last bit', async (at) => {
    using run = toyRun();
    await losses(run, at);
    const bytes = encode(run);
    const expected = await losses(run, 12);
    const last = encode(run);
    using resumed = toyRun();
    withRunState(decodeCheckpoint(bytes), (state) => resumed.restore(state));
    expect(resumed.counters).toEqual({ step: at, bestLoss: null, sinceBest: 0 });
    expect(await losses(resumed, 12)).toEqual(expected);
    expect(encode(resumed)).toEqual(last);
  });

  it('refuses the state of another run and names what does not fit', async () => {
    using run = toyRun();
    await losses(run, 1);
    const saved = decodeCheckpoint(encode(run));
    const tensors = new Map(saved.tensors);
    tensors.delete('carried/1');
    using other = toyRun();
    expect(() => withRunState({ ...saved, tensors }, (state) => other.restore(state))).toThrow(
      'restore: the carried state must have 2 tensors, got 1.',
    );
  });

  it('notes the best validation', () => {
    using run = toyRun();
    expect([3, 2, 2.5, 2, 1, Number.NaN].map((loss) => run.observe(loss))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
    expect(run.counters).toEqual({ step: 0, bestLoss: 1, sinceBest: 1 });
  });
});

describe('TrainingRun on numbers that are not finite', () => {
  it('names the layer and op that made them and changes nothing', async () => {
    using run = toyRun();
    await losses(run, 3);
    const [, kernel] = run.model.namedParameters().find(([path]) => path === 'scores/kernel') ?? [];
    const before = kernel?.value.data()[5] ?? 0;
    kernel?.update((elements) => elements.fill(Number.POSITIVE_INFINITY, 5, 6));
    const untouched = encode(run);
    await expect(run.trainStep()).rejects.toThrow(
      /^step 4: training met a number that is not finite: .*, in toy_model\/scores:matMul\. /,
    );
    expect(encode(run)).toEqual(untouched);
    kernel?.update((elements) => elements.fill(before, 5, 6));
    const after = await losses(run, 3);
    using twin = toyRun();
    expect(after).toEqual((await losses(twin, 6)).slice(3));
  });

  it('draws the random numbers of a first step that failed once more', async () => {
    using run = toyRun();
    const [, kernel] = run.model.namedParameters().find(([path]) => path === 'scores/kernel') ?? [];
    const before = kernel?.value.data()[5] ?? 0;
    kernel?.update((elements) => elements.fill(Number.NaN, 5, 6));
    await expect(run.trainStep()).rejects.toThrow('step 1: training met a number');
    kernel?.update((elements) => elements.fill(before, 5, 6));
    const after = await losses(run, 3);
    using twin = toyRun();
    expect(after).toEqual(await losses(twin, 3));
  });

  it('goes on where the optimizer skips such steps, and says so', async () => {
    using run = toyRun({ nonFinite: 'skip' });
    const [, kernel] = run.model.namedParameters().find(([path]) => path === 'scores/kernel') ?? [];
    kernel?.update((elements) => elements.fill(Number.NaN, 5, 6));
    expect(await run.trainStep()).toMatchObject({ skipped: true, tokens: 48 });
  });
});
