// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors, init, tensor, tidy } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from './checkpoint-file.ts';
import { UserError } from './user-error.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const values = Float32Array.from({ length: 6 }, (_, i) => Math.cos(i));

/** Saves two tensors and says where. */
function saveTwo(path = join(folder, 'deep/run.safetensors')): string {
  tidy(() => {
    const tensors = new Map([
      ['b', tensor(values, [2, 3])],
      ['a', tensor(Int32Array.of(3, 1, 4))],
    ]);
    saveCheckpoint(path, tensors, { step: '7', name: 'Ahab' });
  });
  return path;
}

describe('saveCheckpoint', () => {
  it('writes what loadCheckpoint reads back, to the bit, and no other file', () => {
    const path = saveTwo();
    const { tensors, metadata } = loadCheckpoint(path);
    expect(tensors.get('b')).toEqual({ dtype: 'float32', shape: [2, 3], data: values });
    expect(tensors.get('a')?.data).toEqual(Int32Array.of(3, 1, 4));
    expect(metadata).toEqual({ step: '7', name: 'Ahab' });
    expect(readdirSync(join(folder, 'deep'))).toEqual(['run.safetensors']);
  });

  it('leaves the old file and nothing else when it cannot write', () => {
    const path = saveTwo(join(folder, 'run'));
    const before = readFileSync(path);
    expect(() => saveTwo(join(path, 'below-a-file'))).toThrow(
      /^--checkpoint: cannot write [^\n]+$/,
    );
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['run']);
  });
});

describe('loadCheckpoint', () => {
  it('says in one line that there is no file', () => {
    const load = () => loadCheckpoint(join(folder, 'nothing'));
    expect(load).toThrow(UserError);
    expect(load).toThrow(/^--checkpoint: cannot read [^\n]+nothing[^\n]+$/);
  });

  it('finds a change of any single byte', () => {
    const path = saveTwo();
    const good = readFileSync(path);
    for (let i = 0; i < good.length; i++) {
      const bad = Uint8Array.from(good);
      bad[i] = (bad[i] ?? 0) ^ 1;
      writeFileSync(path, bad);
      expect(() => loadCheckpoint(path), `byte ${i}`).toThrow(UserError);
    }
  });

  it('finds a file that was cut short anywhere', () => {
    const path = saveTwo();
    const good = readFileSync(path);
    for (let length = 0; length < good.length; length++) {
      writeFileSync(path, good.subarray(0, length));
      expect(() => loadCheckpoint(path), `length ${length}`).toThrow(UserError);
    }
  });

  it('refuses a safetensors file of another program in one line', () => {
    const path = join(folder, 'other.safetensors');
    writeFileSync(
      path,
      tidy(() => encodeSafetensors({ w: tensor(values) })),
    );
    expect(() => loadCheckpoint(path)).toThrow(
      /^--checkpoint: [^\n]+no checkpoint of this program[^\n]+$/,
    );
  });
});
