// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Interruption } from './interruption.ts';
import { Terminal } from './terminal.ts';
import { watchTraining } from './watch-training.ts';

/** Watches 7 steps that are validated every 3; Ctrl-C comes in step `interruptAt`. */
async function watch(interruptAt = Number.POSITIVE_INFINITY) {
  const interruption = { requested: false, outputClosed: false, [Symbol.dispose]: () => undefined };
  const made: number[] = [];
  function* steps() {
    for (let step = 1; step <= 7; step++) {
      made.push(step);
      if (step === interruptAt) interruption.requested = true;
      yield { step, loss: 1 / step };
    }
  }
  const validated: number[] = [];
  const isFinished = await watchTraining(steps(), {
    terminal: new Terminal({ write: () => true }),
    interruption: interruption satisfies Interruption,
    steps: 7,
    validateEvery: 3,
    validate: (step) => validated.push(step),
  });
  return { isFinished, made: made.length, validated };
}

describe('watchTraining', () => {
  it('makes all steps and validates now and then, and after the last', async () => {
    expect(await watch()).toEqual({ isFinished: true, made: 7, validated: [3, 6, 7] });
  });

  it('stops after the step in which somebody asks for it', async () => {
    expect(await watch(4)).toEqual({ isFinished: false, made: 4, validated: [3] });
    expect(await watch(7)).toEqual({ isFinished: true, made: 7, validated: [3, 6, 7] });
  });
});
