// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, init, RandomStream, tensorsIn } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelOf, readRun, resumeRun, saveRun } from './checkpoint.ts';
import { generate } from './generate.ts';
import { disposeRun, type Run, startRun } from './run.ts';
import { tinyConfig, tinyData, tinyFormat } from './testing.ts';
import { train, trainingStep } from './train.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'language-model-'));
  path = join(folder, 'run.safetensors');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Everything in a run that could differ. */
function contentsOf({ model, optimizer, state, step }: Run): unknown {
  const { tensors, scalars } = optimizer.state();
  const moments = [...tensors].map(([name, moment]) => [name, moment.data()]);
  for (const moment of tensors.values()) moment.dispose();
  return {
    step,
    scalars,
    moments,
    parameters: model.namedParameters().map(([name, { value }]) => [name, value.data()]),
    state: tensorsIn(state).map((part) => part.data()),
    random: [...model.randomState()],
  };
}

/** Makes steps; the losses, and what the run holds then. */
function advance(run: Run, steps: number): { losses: number[]; contents: unknown } {
  const losses = Array.from({ length: steps }, () => trainingStep(run).loss);
  return { losses, contents: contentsOf(run) };
}

describe('a saved run', () => {
  it.each([
    ['plain', {}],
    ['variational dropout', { inputKeep: 0.7, stateKeep: 0.8, outputKeep: 0.9 }],
    ['dropout at every step', { inputKeep: 0.7, outputKeep: 0.9, variational: false }],
    ['tied', { tied: true }],
    ['a mask for each row', { inputKeep: 0.7, stateKeep: 0.8, maskPerExample: true }],
    ['dropped tokens', { tokenKeep: 0.8, embeddingKeep: 0.7 }],
    ['weight decay', { weightDecay: 0.1 }],
  ])('goes on to the same losses and contents, bit for bit: %s', (_, changes) => {
    const config = { ...tinyConfig, ...changes, steps: 12 };
    const run = startRun(config, tinyData());
    advance(run, 5);
    saveRun(path, run, tinyFormat);
    const saved = contentsOf(run);
    const uninterrupted = advance(run, 7);
    disposeRun(run);

    const resumed = resumeRun(readRun(path, tinyFormat), config, tinyData());
    expect(contentsOf(resumed)).toEqual(saved);
    expect(advance(resumed, 7)).toEqual(uninterrupted);
    disposeRun(resumed);
  });

  it('can be saved before its first step, without a state', () => {
    const run = startRun(tinyConfig, tinyData());
    saveRun(path, run, tinyFormat);
    const uninterrupted = advance(run, 3);
    disposeRun(run);
    const resumed = resumeRun(readRun(path, tinyFormat), tinyConfig, tinyData());
    expect(advance(resumed, 3)).toEqual(uninterrupted);
    disposeRun(resumed);
  });

  it('is a plain safetensors file with Keras names', () => {
    const run = startRun(tinyConfig, tinyData());
    saveRun(path, run, tinyFormat);
    disposeRun(run);
    const { tensors } = decodeSafetensors(readFileSync(path));
    const names = [...tensors.keys()].filter((name) => name.startsWith('model/'));
    expect(names.sort()).toEqual([
      'model/embedding/embeddings',
      'model/rnn/cell0/bias',
      'model/rnn/cell0/kernel',
      'model/rnn/cell0/recurrentKernel',
      'model/rnn/cell1/bias',
      'model/rnn/cell1/kernel',
      'model/rnn/cell1/recurrentKernel',
      'model/scores/bias',
      'model/scores/kernel',
    ]);
    expect(tensors.get('model/rnn/cell0/kernel')?.shape).toEqual([8, 32]);
  });
});

describe('resumeRun', () => {
  it('says in one line that the text is another one', () => {
    const run = startRun(tinyConfig, tinyData());
    saveRun(path, run, tinyFormat);
    disposeRun(run);
    const other = { ...tinyData(), fingerprint: 'another' };
    expect(() => resumeRun(readRun(path, tinyFormat), tinyConfig, other)).toThrow(
      /^--data: tiny is not the text [^\n]+$/,
    );
  });

  it('says in one line that the run is finished, and goes on with more steps', () => {
    const run = startRun(tinyConfig, tinyData());
    for (const { step } of train(run))
      if (step === tinyConfig.steps) saveRun(path, run, tinyFormat);
    disposeRun(run);
    const resume = (steps: number) =>
      resumeRun(readRun(path, tinyFormat), { ...tinyConfig, steps }, tinyData());
    expect(() => resume(tinyConfig.steps)).toThrow(/^--resume: [^\n]+--steps[^\n]+$/);
    const longer = resume(tinyConfig.steps + 2);
    expect([...train(longer)].map(({ step }) => step)).toEqual([13, 14]);
    disposeRun(longer);
  });

  it('says in one line that the tensors do not fit the options, and frees what it made', () => {
    const run = startRun(tinyConfig, tinyData());
    saveRun(path, run, tinyFormat);
    disposeRun(run);
    const saved = readRun(path, tinyFormat);
    const tensors = new Map([...saved.tensors].filter(([name]) => !name.endsWith('cell1/bias')));
    expect(() => resumeRun({ ...saved, tensors }, tinyConfig, tinyData())).toThrow(
      /^--checkpoint: [^\n]+damaged[^\n]+cell1\/bias[^\n]+$/,
    );
    expect(() => modelOf({ ...saved, tensors })).toThrow(/^--checkpoint: [^\n]+cell1\/bias[^\n]+$/);
  });
});

describe('modelOf', () => {
  it('writes the text that the trained model writes, the same for one seed', () => {
    const run = startRun({ ...tinyConfig, steps: 60 }, tinyData());
    for (const { step } of train(run)) if (step === 60) saveRun(path, run, tinyFormat);
    const { vocabulary } = run.data;
    const write = (model: typeof run.model, seed: number) => {
      const stream = new RandomStream(seed);
      const options = { prompt: 'abc', length: 40, temperature: 1, stream };
      return [...generate(model, vocabulary, options)].join('');
    };
    const expected = write(run.model, 3);
    disposeRun(run);
    const saved = readRun(path, tinyFormat);
    const model = modelOf(saved);
    expect(saved.vocabulary.tokens).toEqual(vocabulary.tokens);
    expect(write(model, 3)).toBe(expected);
    expect(expected).toMatch(/^[a-j]{40}$/);
    expect(write(model, 4)).not.toBe(expected);
    model.dispose();
  });
});
