// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interruptScript, runScript } from '../shared/command-testing.ts';
import { tinyDictionary } from './testing.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const small = ['--data', 'tiny.dict', '--words', 'Bca,dada', '--warmup', '2'];
small.push('--batch', '8', '--embedding', '6', '--hidden', '8');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'g2p-'));
  writeFileSync(join(folder, 'tiny.dict'), tinyDictionary);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['--step', '3'], '--step'],
    ['an odd number of units', ['--hidden', '7'], 'Use 8'],
    ['a warm-up that never ends', ['--steps', '9', '--warmup', '9'], '--warmup'],
    ['a missing file', ['--data', 'nowhere.dict'], 'nowhere.dict'],
    ['a word of other letters', ['--words', 'zoo'], "'z' in 'zoo'"],
  ])('%s: one line, exit code 2', (_, args, named) => {
    const { code, stdout, stderr } = runScript(script, [...small, ...args], folder);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(named);
    expect([code, stdout]).toEqual([2, '']);
  });
});

it('--help lists options with their defaults', () => {
  const { code, stdout } = runScript(script, ['--help'], folder);
  expect(stdout).toMatch(/--words A,B,… +[^\n]+ \(whale,phoenix,typescript,tapeloop\)\n/);
  expect(code).toBe(0);
});

it('trains, says words, and tells what it should reach and what it reached', () => {
  const args = [...small, '--steps', '60', '--validate-every', '40'];
  const { code, stdout, stderr } = runScript(script, args, folder);
  expect(stderr).toBe('');
  expect(stdout.match(/^step \d+ {2}phoneme error rate \S+ %, words right \S+ %$/gm)).toHaveLength(
    2,
  );
  expect(stdout).toMatch(/^ {2}bca {3}[A-Z ]+ {2}(✓|\(B K S A\))$/m);
  expect(stdout).toMatch(/^Should reach {2}phoneme [^\n]+\nReached {7}phoneme [^\n]+\n$/m);
  expect(code).toBe(0);
});

it('stops at Ctrl-C, tells what it reached, exit code 130', async () => {
  const args = [...small, '--steps', '100000', '--validate-every', '50'];
  const { code, stdout, stderr } = await interruptScript(script, args, folder, /^step 50 /m);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Stopped after step \d+\.\nShould reach[^\n]+\nReached[^\n]+\n$/m);
  expect(code).toBe(130);
});
