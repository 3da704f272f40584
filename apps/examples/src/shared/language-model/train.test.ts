// SPDX-License-Identifier: Apache-2.0
import { dispose, init, memory, tensor, tidy } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disposeRun, type Run, startRun } from './run.ts';
import { tinyConfig, tinyData } from './testing.ts';
import { evaluate, type StepReport, train, trainingStep } from './train.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Runs `fn` on a new run and frees it. */
function withRun<T>(changes: Partial<typeof tinyConfig>, fn: (run: Run) => T): T {
  const run = startRun({ ...tinyConfig, ...changes }, tinyData());
  try {
    return fn(run);
  } finally {
    disposeRun(run);
  }
}

const losses = (reports: Iterable<StepReport>) => [...reports].map(({ loss }) => loss);

describe('train', () => {
  it('learns: from one in 10 characters to better than one in 2', () => {
    withRun({ steps: 200, learningRate: 0.03 }, (run) => {
      const trained = losses(train(run));
      expect(trained.length).toBe(200);
      expect(Math.abs((trained[0] ?? 0) - Math.log(run.data.vocabulary.size))).toBeLessThan(0.1);
      expect(trained.at(-1)).toBeLessThan(Math.log(2));
    });
  });

  it.each([{}, { inputKeep: 0.8, stateKeep: 0.9, outputKeep: 0.7 }])(
    'gives the same losses to the last bit for one seed, others for another: %j',
    (dropout) => {
      const run = (seed: number) => withRun({ ...dropout, seed }, (own) => losses(train(own)));
      const first = run(1);
      expect(run(1)).toEqual(first);
      expect(run(2)).not.toEqual(first);
    },
  );

  it.each([
    [{}, 2.40964, 2.33494],
    [{ inputKeep: 0.7, stateKeep: 0.8, outputKeep: 0.9 }, 2.39097, 2.35309],
    [{ tied: true }, 2.39815, 2.37616],
  ])('draws the weights and masks that it always drew for a seed: %j', (changes, first, last) => {
    const trained = withRun(changes, (run) => losses(train(run)));
    closeTo([trained[0] ?? 0, trained.at(-1) ?? 0], [first, last], { relative: 0, absolute: 2e-5 });
  });

  it.each([{}, { inputKeep: 0.8, stateKeep: 0.9, outputKeep: 0.7 }, { tied: true }])(
    'holds no more tensors and bytes after step 200 than after step 20: %j',
    (changes) => {
      withRun({ ...changes, steps: 200 }, (run) => {
        const held: unknown[] = [];
        for (const { step } of train(run)) if (step === 20 || step === 200) held.push(memory());
        expect(held.length).toBe(2);
        expect(held[1]).toEqual(held[0]);
      });
    },
  );
});

describe('trainingStep', () => {
  it('carries the state: the next window starts from what the model makes of this one', () => {
    withRun({ learningRate: 1e-30 }, (run) => {
      const window = run.data.training.at(0);
      const ids = tensor(window.inputs, [window.time, window.batch]);
      const expected = tidy(() =>
        run.model.call(ids).state.flatMap(({ c, h }) => [c.data(), h.data()]),
      );
      ids.dispose();
      trainingStep(run);
      expect(run.state?.flatMap(({ c, h }) => [c.data(), h.data()])).toEqual(expected);
    });
  });

  it('uses the carried state: the same window has another loss after another past', () => {
    withRun({ learningRate: 1e-30 }, (run) => {
      trainingStep(run);
      const afterPast = trainingStep(run).loss;
      dispose(run.state);
      run.state = undefined;
      run.step = 1;
      expect(trainingStep(run).loss).not.toBe(afterPast);
    });
  });

  it('forgets the state where the text begins again', () => {
    withRun({ learningRate: 1e-30, steps: 1000 }, (run) => {
      const first = trainingStep(run).loss;
      while (run.step < run.data.training.windowsPerPass) trainingStep(run);
      expect(trainingStep(run).loss).toBe(first);
    });
  });
});

describe('evaluate', () => {
  it('is the mean over all characters, whatever the windows', () => {
    withRun({}, (run) => {
      const [short, long] = [tinyData(5).validation, tinyData(1000).validation];
      expect([short.windowsPerPass, long.windowsPerPass]).toEqual([10, 1]);
      expect(evaluate(run.model, short)).toBeCloseTo(evaluate(run.model, long), 5);
    });
  });

  it('changes nothing that training sees', () => {
    const trained = withRun({}, (run) => losses(train(run)));
    const interrupted = withRun({}, (run) => {
      const reports: StepReport[] = [];
      for (const report of train(run)) {
        reports.push(report);
        evaluate(run.model, run.data.validation);
      }
      return losses(reports);
    });
    expect(interrupted).toEqual(trained);
  });
});
