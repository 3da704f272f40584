// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectMistake, interruptScript, runScript } from '../shared/command-testing.ts';
import { folderOfTest } from '../shared/folder-testing.ts';
import { tinyFile } from './testing.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = folderOfTest({ 'tiny.tsv': tinyFile, 'plain.txt': 'no label\n' });
const small = '--data tiny.tsv --warmup 2 --batch 8 --embedding 6 --hidden 8'.split(' ');

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['--step', '3'], '--step'],
    ['a value out of range', ['--dropout', '1.5'], '--dropout'],
    ['a warm-up that never ends', ['--steps', '9', '--warmup', '9'], '--warmup'],
    ['a missing file', ['--data', 'nowhere.tsv'], 'nowhere.tsv'],
    ['a file without labels', ['--data', 'plain.txt'], 'line 1 of plain.txt'],
  ])('%s: one line, exit code 2', (_, args, named) => {
    expectMistake(runScript(script, [...small, ...args], folder.path), named);
  });
});

it('--help lists options with their defaults', () => {
  const { code, stdout } = runScript(script, ['--help'], folder.path);
  expect(stdout).toMatch(/--snippet N +[^\n]+ \(5\)\n/);
  expect(code).toBe(0);
});

it('trains, shows the confusions, and tells what it should reach and what it reached', () => {
  const args = [...small, '--steps', '60', '--validate-every', '40', '--text', 'AXBY'];
  const { code, stdout, stderr } = runScript(script, args, folder.path);
  expect(stderr).toBe('');
  expect(stdout.match(/^step \d+ {2}accuracy \S+ %$/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^ +ris fal\nrising +[\d·]+ +[\d·]+\nfalling +[\d·]+ +[\d·]+\n$/m);
  expect(stdout).toMatch(/^Should reach[^\n]+\nReached {7}accuracy \S+ %\nAXBY: (ris|fall)ing\n$/m);
  expect(code).toBe(0);
});

it('stops at Ctrl-C, tells what it reached, exit code 130', async () => {
  const args = [...small, '--steps', '100000', '--validate-every', '50'];
  const { code, stdout, stderr } = await interruptScript(script, args, folder.path, /^step 50 /m);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Stopped after step \d+\.\n/m);
  expect(stdout).toMatch(/^Reached {7}accuracy \S+ %\n$/m);
  expect(code).toBe(130);
});
