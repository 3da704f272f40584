// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContiguousBatches } from '../data/contiguous-batches.ts';
import type { TrainingEvent } from './events.ts';
import { toyIds, toyRun } from './toy-run-testing.ts';
import { type TrainOptions, train } from './train.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const validation = new ContiguousBatches(toyIds, { batch: 4, window: 20 });

/** A clock that moves by a second each time it is read. */
function tickingClock(): () => number {
  let milliseconds = 0;
  return () => {
    milliseconds += 1000;
    return milliseconds;
  };
}

async function eventsOf(
  options: Omit<TrainOptions<ReturnType<typeof validation.at>>, 'learningRate'>,
  { learningRate = 0.02 } = {},
): Promise<TrainingEvent[]> {
  using run = toyRun({ learningRate });
  const events: TrainingEvent[] = [];
  const loop = { learningRate: (step: number) => step + 0.5, clock: tickingClock(), ...options };
  for await (const event of train(run, loop)) events.push(event);
  return events;
}

const outline = (events: TrainingEvent[]) => events.map(({ type, step }) => `${type} ${step}`);

describe('train', () => {
  it('tells steps, validations, savings and the end in their order', async () => {
    let saved = 0;
    const save = () => `file ${++saved}`;
    const events = await eventsOf({ steps: 5, validation, validateEvery: 2, save });
    expect(outline(events)).toEqual([
      ...['step 1', 'step 2', 'validation 2', 'saved 2'],
      ...['step 3', 'step 4', 'validation 4', 'saved 4'],
      ...['step 5', 'validation 5', 'saved 5', 'end 5'],
    ]);
    expect(events.at(-2)).toEqual({ type: 'saved', step: 5, path: 'file 3' });
    expect(events.at(-1)).toEqual({ type: 'end', step: 5, reason: 'steps' });
  });

  it('tells of a step what the clock, the schedule and the batch say', async () => {
    const [first, second] = await eventsOf({ steps: 2 });
    // One tick passes in each step; the loop began at the first.
    expect(first).toMatchObject({ learningRate: 0.5, tokens: 48, tokensPerSecond: 48, seconds: 2 });
    expect(second).toMatchObject({ learningRate: 1.5, tokensPerSecond: 48, seconds: 4 });
  });

  it('ends when the validation loss has not fallen for as long as it is patient', async () => {
    // With a learning rate of 0 nothing changes: the first validation stays the best.
    const options = { steps: 50, validation, validateEvery: 3, patience: 2 };
    const events = await eventsOf(options, { learningRate: 0 });
    expect(events.at(-1)).toEqual({ type: 'end', step: 9, reason: 'patience' });
    expect(events.filter(({ type }) => type === 'validation')).toMatchObject([
      { isBest: true },
      { isBest: false },
      { isBest: false },
    ]);
  });

  it('ends when its time is up, and saves', async () => {
    const events = await eventsOf({ steps: 50, maxSeconds: 6, save: () => 'file' });
    expect(outline(events)).toEqual(['step 1', 'step 2', 'step 3', 'saved 3', 'end 3']);
    expect(events.at(-1)).toMatchObject({ reason: 'time' });
  });

  it('ends after the step that runs when it is aborted, and saves', async () => {
    const controller = new AbortController();
    using run = toyRun();
    const events: TrainingEvent[] = [];
    const options = { steps: 50, save: () => 'file', learningRate: () => 0.02 };
    for await (const event of train(run, { ...options, signal: controller.signal })) {
      events.push(event);
      if (event.step === 2) controller.abort();
    }
    expect(outline(events)).toEqual(['step 1', 'step 2', 'saved 2', 'end 2']);
    expect(events.at(-1)).toMatchObject({ reason: 'stopped' });
  });

  it('lets timers and signals in between two steps', async () => {
    using run = toyRun();
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    for await (const { step } of train(run, { steps: 500, learningRate: () => 0.02 })) {
      if (fired) break;
      expect(step).toBeLessThan(400);
    }
    expect(run.counters.step).toBeLessThan(400);
  });

  it.each([
    [{ steps: 0 }, 'train: steps must be a whole number of at least 1, got 0.'],
    [{ steps: 3, validateEvery: 1.5 }, 'train: validateEvery must be a whole number'],
    [{ steps: 3, patience: 0 }, 'train: patience must be a whole number'],
    [{ steps: 3, maxSeconds: 0 }, 'train: maxSeconds must be above 0, got 0.'],
  ])('refuses %o', async (options, message) => {
    await expect(eventsOf(options)).rejects.toThrow(message);
  });

  it('refuses to make fewer steps than the run has made', async () => {
    using run = toyRun();
    await run.trainStep();
    const events = train(run, { steps: 1, learningRate: () => 0 });
    await expect(events.next()).rejects.toThrow('steps must be more than the 1 that the run has');
  });
});
