// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors, init, RandomStream } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../folder-testing.ts';
import { remainingLosses } from '../run-testing.ts';
import { readRun, resumeRun, saveRun, trainedModel } from './checkpoint.ts';
import type { ExampleRun } from './run.ts';
import { tinyConfig, tinyData, tinyFormat, withRun } from './testing.ts';
import { writeText } from './write-text.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const folder = folderOfTest();
let path = '';
beforeEach(() => {
  path = join(folder.path, 'run.safetensors');
});

/** Trains to the end. @returns the losses, and the bytes of the file that is saved then. */
async function finish(started: ExampleRun, file = join(folder.path, 'end')) {
  const losses = await remainingLosses(started);
  return { losses, bytes: readFileSync(saveRun(file, started, tinyFormat)) };
}

/** Goes on with the run in `path`. */
const resumed = (config = tinyConfig, data = tinyData()) =>
  resumeRun(readRun(path, tinyFormat), config, data);

describe('a saved run', () => {
  it.each([
    ['plain', {}],
    ['variational dropout', { inputKeep: 0.7, stateKeep: 0.8, outputKeep: 0.9 }],
    ['dropout at every step', { inputKeep: 0.7, outputKeep: 0.9, variational: false }],
    ['tied', { tied: true }],
    ['a mask for each row', { inputKeep: 0.7, stateKeep: 0.8, maskPerExample: true }],
    ['dropped tokens', { tokenKeep: 0.8, embeddingKeep: 0.7 }],
    ['weight decay', { weightDecay: 0.1 }],
  ])('goes on to the same losses and contents, bit for bit: %s', async (_, changes) => {
    const uninterrupted = await withRun(changes, async (started) => {
      for (let step = 0; step < 5; step++) await started.run.trainStep();
      saveRun(path, started, tinyFormat);
      return await finish(started);
    });
    expect(uninterrupted.losses.length).toBe(7);
    const started = resumed({ ...tinyConfig, ...changes });
    expect(await finish(started)).toEqual(uninterrupted);
    started.run.dispose();
  });

  it('is a plain safetensors file with Keras names, and no other is left', async () => {
    await withRun({}, async (started) => saveRun(path, started, tinyFormat));
    expect(readdirSync(folder.path)).toEqual(['run.safetensors']);
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

describe('readRun', () => {
  it('says in one line that there is no file, or one of another example', async () => {
    expect(() => readRun(path, tinyFormat)).toThrow(/^--checkpoint: cannot read [^\n]+$/);
    await withRun({}, async (started) => saveRun(path, started, { name: 'other' }));
    expect(() => readRun(path, tinyFormat)).toThrow(
      /^--checkpoint: [^\n]+no checkpoint of this program: its run is not one of tiny\.[^\n]+$/,
    );
  });
});

describe('resumeRun', () => {
  it('says in one line that the text is another one', async () => {
    await withRun({}, async (started) => saveRun(path, started, tinyFormat));
    expect(() => resumed(tinyConfig, { ...tinyData(), fingerprint: 'another' })).toThrow(
      /^--data: tiny is not the text [^\n]+$/,
    );
  });

  it('says in one line that the run is finished, and goes on with more steps', async () => {
    await withRun({}, (started) => finish(started, path));
    expect(() => resumed()).toThrow(/^--resume: [^\n]+--steps[^\n]+$/);
    const longer = resumed({ ...tinyConfig, steps: tinyConfig.steps + 2 });
    expect((await remainingLosses(longer)).length).toBe(2);
    longer.run.dispose();
  });

  it('says in one line that the tensors do not fit the options, and frees what it made', async () => {
    await withRun({}, async (started) => saveRun(path, started, tinyFormat));
    const { saved, ...rest } = readRun(path, tinyFormat);
    const tensors = new Map([...saved.tensors].filter(([name]) => !name.endsWith('cell1/bias')));
    const partial = { ...rest, saved: { ...saved, tensors } };
    const problem = /^--checkpoint: [^\n]+damaged[^\n]+cell1\/bias[^\n]+$/;
    expect(() => resumeRun(partial, tinyConfig, tinyData())).toThrow(problem);
    expect(() => trainedModel(partial)).toThrow(problem);
  });
});

describe('trainedModel', () => {
  it('writes the text that the model of the run writes, the same for one seed', async () => {
    const write = ({ model, tokenizer }: ReturnType<typeof trainedModel>, seed: number) => {
      const stream = new RandomStream(seed);
      const options = { prompt: 'abc', length: 40, temperature: 1, stream };
      return [...writeText(model, tokenizer, options)].join('');
    };
    const expected = await withRun({ steps: 60 }, async (started) => {
      await finish(started, path);
      return write({ model: started.model, tokenizer: started.data.tokenizer }, 3);
    });
    const trained = trainedModel(readRun(path, tinyFormat));
    expect(write(trained, 3)).toBe(expected);
    expect(expected).toMatch(/^[a-j]{40}$/);
    expect(write(trained, 4)).not.toBe(expected);
    trained.model.dispose();
  });
});
