// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeCheckpoint } from './checkpoint.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';

let folder: string;
beforeAll(async () => {
  await init();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-checkpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
trackLeaks({ beforeEach, afterEach });

const bytesAt = (step: number) =>
  encodeCheckpoint(
    {
      tensors: new Map(),
      counters: { step, bestLoss: null, sinceBest: 0 },
      optimizer: {},
      random: [],
    },
    {},
  );

describe('CheckpointFolder', () => {
  it('keeps the last n and the best k', () => {
    const checkpoints = new CheckpointFolder(folder, { keepLast: 2, keepBest: 2 });
    const losses = [3, 1.5, 2, 1, 4, 5, 1.5];
    losses.forEach((loss, i) => checkpoints.save(bytesAt(i + 1), i + 1, loss));
    expect(readdirSync(folder).sort()).toEqual([
      'step-00000002-loss-1.5000.safetensors',
      'step-00000004-loss-1.0000.safetensors',
      'step-00000006-loss-5.0000.safetensors',
      'step-00000007-loss-1.5000.safetensors',
    ]);
    expect(checkpoints.best()).toMatchObject({ step: 4, loss: 1 });
  });

  it('names a file without a loss where none was measured or it is not finite', () => {
    const checkpoints = new CheckpointFolder(folder);
    checkpoints.save(bytesAt(1), 1);
    checkpoints.save(bytesAt(2), 2, Number.NaN);
    expect(readdirSync(folder)).toEqual(['step-00000001.safetensors', 'step-00000002.safetensors']);
    expect(checkpoints.best()?.step).toBe(2);
  });

  it('reads the latest, and passes over later ones that are damaged', () => {
    const checkpoints = new CheckpointFolder(folder);
    checkpoints.save(bytesAt(5), 5, 1);
    const damaged = checkpoints.save(bytesAt(10), 10, 2);
    expect(checkpoints.readLatest().saved.counters.step).toBe(10);
    writeFileSync(damaged, readFileSync(damaged).subarray(0, -3));
    const { path, saved, passedOver } = checkpoints.readLatest();
    expect(path).toBe(join(folder, 'step-00000005-loss-1.0000.safetensors'));
    expect(saved.counters.step).toBe(5);
    expect(passedOver.map(({ message }) => message)).toEqual([
      expect.stringContaining(`decodeSafetensors: ${damaged}: `),
    ]);
  });

  it('says why when none can be read', () => {
    const checkpoints = new CheckpointFolder(folder);
    expect(() => checkpoints.readLatest()).toThrow(`${folder} has no checkpoint.`);
    writeFileSync(join(folder, 'step-00000001.safetensors'), 'nothing');
    expect(() => checkpoints.readLatest()).toThrow('decodeSafetensors:');
    expect(() => new CheckpointFolder(join(folder, 'none')).readLatest()).toThrow('no checkpoint');
  });

  it('leaves other files alone, but for what killed processes left unfinished', () => {
    const gone = 2 ** 22 + 1;
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, `step-00000001.safetensors.${gone}.partial`), 'half');
    writeFileSync(join(folder, `step-00000001.safetensors.${process.ppid}.partial`), 'half');
    const checkpoints = new CheckpointFolder(folder, { keepLast: 1, keepBest: 0 });
    checkpoints.prepare();
    checkpoints.save(bytesAt(1), 1);
    checkpoints.save(bytesAt(2), 2);
    expect(readdirSync(folder).sort()).toEqual([
      'notes.txt',
      `step-00000001.safetensors.${process.ppid}.partial`,
      'step-00000002.safetensors',
    ]);
  });

  it.each([
    [{ keepLast: 0 }, 'CheckpointFolder: keepLast must be a whole number of at least 1, got 0.'],
    [{ keepBest: -1 }, 'CheckpointFolder: keepBest must be a whole number of at least 0, got -1.'],
  ])('refuses %o', (options, message) => {
    expect(() => new CheckpointFolder(folder, options)).toThrow(message);
  });
});
