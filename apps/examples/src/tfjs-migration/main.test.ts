// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectMistake, interruptScript, runScript } from '../shared/command-testing.ts';
import { folderOfTest } from '../shared/folder-testing.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const text = 'the quick brown fox jumps over the lazy dog. '.repeat(999);
const folder = folderOfTest({ 'text.txt': text });
const small = '--data text.txt --batch 4 --window 6 --embedding 5 --hidden 7'.split(' ');

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['--step', '3'], '--step'],
    ['a value out of range', ['--hidden', '0'], '--hidden'],
    ['a missing file', ['--data', 'nowhere.txt'], 'nowhere.txt'],
    ['a text that is too short', ['--steps', '20000'], 'text.txt'],
  ])('%s: one line, exit code 2', (_, args, named) => {
    expectMistake(runScript(script, [...small, ...args], folder.path), named);
  });
});

it('compares three ways to train, and tells what it should reach and what it reached', () => {
  const { code, stdout, stderr } = runScript(script, [...small, '--steps', '6'], folder.path);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^tfjs alone cannot train it: [^\n]*UnsortedSegmentSum/m);
  const row = /^(tfjs-layers, [^\n]*|Tapeloop) +\d+\.\d +\d+\.\d × +\d+\.\d{4} +\d+\.\d{4} +\S+$/gm;
  expect(stdout.match(row)).toHaveLength(3);
  expect(stdout).toMatch(
    /^Should reach[^\n]+\nReached {7}\S+ ×, \S+ × as fast, losses equal to \S+\n$/m,
  );
  expect(code).toBe(0);
});

it('stops at Ctrl-C, tells what it reached, exit code 130', async () => {
  const args = [...small, '--steps', '1000'];
  const { code, stdout, stderr } = await interruptScript(
    script,
    args,
    folder.path,
    /^60 of 3000 steps/m,
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Stopped early\.\n(.*\n)+Reached.*\n$/m);
  expect(code).toBe(130);
});
