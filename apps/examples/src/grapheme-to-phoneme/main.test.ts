// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectMistake, interruptScript, runScript } from '../shared/command-testing.ts';
import { folderOfTest } from '../shared/folder-testing.ts';
import { tinyDictionary } from './testing.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = folderOfTest({ 'tiny.dict': tinyDictionary });
const small =
  '--data tiny.dict --words Bca,dada --warmup 2 --batch 8 --embedding 6 --hidden 8'.split(' ');

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['--step', '3'], '--step'],
    ['an odd number of units', ['--hidden', '7'], 'Use 8'],
    ['a warm-up that never ends', ['--steps', '9', '--warmup', '9'], '--warmup'],
    ['a missing file', ['--data', 'nowhere.dict'], 'nowhere.dict'],
    ['a word of other letters', ['--words', 'zoo'], "'z' in 'zoo'"],
  ])('%s: one line, exit code 2', (_, args, named) => {
    expectMistake(runScript(script, [...small, ...args], folder.path), named);
  });
});

it('--help lists options with their defaults', () => {
  const { code, stdout } = runScript(script, ['--help'], folder.path);
  expect(stdout).toMatch(/--words A,B,… +[^\n]+ \(whale,phoenix,typescript,tapeloop\)\n/);
  expect(code).toBe(0);
});

it('trains, says words, and tells what it should reach and what it reached', () => {
  const args = [...small, '--steps', '60', '--validate-every', '40'];
  const { code, stdout, stderr } = runScript(script, args, folder.path);
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
  const { code, stdout, stderr } = await interruptScript(script, args, folder.path, /^step 50 /m);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Stopped after step \d+\.\nShould reach[^\n]+\nReached[^\n]+\n$/m);
  expect(code).toBe(130);
});
