// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interruptScript, runScript } from '../shared/command-testing.ts';
import { tinyFile } from './testing.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const small = ['--data', 'tiny.tsv', '--warmup', '2', '--batch', '8', '--embedding', '6'];
small.push('--hidden', '8');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'classifier-'));
  writeFileSync(join(folder, 'tiny.tsv'), tinyFile);
  writeFileSync(join(folder, 'plain.txt'), 'no label\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['--step', '3'], '--step'],
    ['a value out of range', ['--dropout', '1.5'], '--dropout'],
    ['a warm-up that never ends', ['--steps', '9', '--warmup', '9'], '--warmup'],
    ['a missing file', ['--data', 'nowhere.tsv'], 'nowhere.tsv'],
    ['a file without labels', ['--data', 'plain.txt'], 'line 1 of plain.txt'],
  ])('%s: one line, exit code 2', (_, args, named) => {
    const { code, stdout, stderr } = runScript(script, [...small, ...args], folder);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(named);
    expect([code, stdout]).toEqual([2, '']);
  });
});

it('--help lists options with their defaults', () => {
  const { code, stdout } = runScript(script, ['--help'], folder);
  expect(stdout).toMatch(/--snippet N +[^\n]+ \(5\)\n/);
  expect(code).toBe(0);
});

it('trains, shows the confusions, and tells what it should reach and what it reached', () => {
  const args = [...small, '--steps', '60', '--validate-every', '40', '--text', 'AXBY'];
  const { code, stdout, stderr } = runScript(script, args, folder);
  expect(stderr).toBe('');
  expect(stdout.match(/^step \d+ {2}accuracy \S+ %$/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^ +ris fal\nrising +[\d·]+ +[\d·]+\nfalling +[\d·]+ +[\d·]+\n$/m);
  expect(stdout).toMatch(/^Should reach[^\n]+\nReached {7}accuracy \S+ %\nAXBY: (ris|fall)ing\n$/m);
  expect(code).toBe(0);
});

it('stops at Ctrl-C, tells what it reached, exit code 130', async () => {
  const args = [...small, '--steps', '100000', '--validate-every', '50'];
  const { code, stdout, stderr } = await interruptScript(script, args, folder, /^step 50 /m);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Stopped after step \d+\.\n/m);
  expect(stdout).toMatch(/^Reached {7}accuracy \S+ %\n$/m);
  expect(code).toBe(130);
});
