// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type CommandEnd,
  expectMistake,
  interruptScript,
  runScript,
} from '../shared/command-testing.ts';
import { folderOfTest } from '../shared/folder-testing.ts';
import { tinyText } from '../shared/language-model/testing.ts';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const folder = folderOfTest({ 'text.txt': tinyText });
const small = [
  ...['--data', 'text.txt', '--checkpoint', 'run.safetensors', '--steps', '60', '--warmup', '2'],
  ...['--batch', '3', '--window', '7', '--embedding', '8', '--hidden', '8'],
];

/** Runs a command of the example to its end. */
function run(name: 'main.ts' | 'sample.ts', args: readonly string[]): CommandEnd {
  return runScript(script(name), args, folder.path);
}

/** The figures that do not depend on time. */
const figures = (stdout: string) =>
  stdout.split('\n').flatMap((line) => /^step.*? bits( a character)?/.exec(line)?.[0] ?? []);

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['--step', '3'], '--step'],
    ['an option without its value', ['--steps'], '--steps'],
    ['a value that is no number', ['--hidden', 'wide'], '--hidden'],
    ['a value out of range', ['--input-keep', '1.5'], '--input-keep'],
    ['options that contradict each other', ['--tied', '--embedding', '4'], '--tied'],
    ['a missing file', ['--data', 'nowhere.txt'], 'nowhere.txt'],
    ['a text that is too short', ['--batch', '500'], 'text.txt'],
    ['a checkpoint that is not there', ['--resume'], 'run.safetensors'],
    ['a checkpoint that cannot be written', ['--checkpoint', 'text.txt/run'], 'text.txt/run'],
    ['a checkpoint that is a folder', ['--checkpoint', '.'], '--checkpoint: cannot write .'],
  ])('%s: one line, exit code 2, nothing written', (_, args, named) => {
    expectMistake(run('main.ts', [...small, ...args]), named);
    expect(readdirSync(folder.path)).toEqual(['text.txt']);
  });

  it.each([
    ['empty', ''],
    ['not UTF-8', Uint8Array.of(0xff, 0xfe, 0x41)],
  ])('a data file that is %s: one line, exit code 2', (_, content) => {
    writeFileSync(join(folder.path, 'text.txt'), content);
    const { code, stderr } = run('main.ts', small);
    expect(stderr).toMatch(/^--data: text\.txt [^\n]+\n$/);
    expect(code).toBe(2);
  });

  it.each(['main.ts', 'sample.ts'] as const)('a damaged checkpoint: %s', (name) => {
    writeFileSync(join(folder.path, 'run.safetensors'), 'no tensors at all');
    const args = name === 'main.ts' ? [...small, '--resume'] : ['--checkpoint', 'run.safetensors'];
    const { code, stderr } = run(name, args);
    expect(stderr).toMatch(/^--checkpoint: run\.safetensors is damaged [^\n]+\n$/);
    expect(code).toBe(2);
    expect(readFileSync(join(folder.path, 'run.safetensors'), 'utf8')).toBe('no tensors at all');
  });

  it.each(['main.ts', 'sample.ts'] as const)(
    '--help lists options with their defaults: %s',
    (name) => {
      const { code, stdout } = run(name, ['--help']);
      expect(stdout).toMatch(/--seed N +[^\n]+ \(1\)\n/);
      expect(code).toBe(0);
    },
  );
});

describe('a run', () => {
  it('trains, validates, samples, saves, and prints the same figures again', () => {
    const first = run('main.ts', small);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(figures(first.stdout)).toEqual([
      expect.stringMatching(/^step 50\/60 {2}loss \d+\.\d{4} nats, \d+\.\d{4} bits$/),
      expect.stringMatching(/^step 60 {2}validation \d+\.\d{4} nats, \d+\.\d{4} bits a character$/),
    ]);
    expect(readdirSync(folder.path).sort()).toEqual(['run.safetensors', 'text.txt']);
    const again = run('main.ts', small);
    expect(figures(again.stdout)).toEqual(figures(first.stdout));
    const other = run('main.ts', [...small, '--seed', '2']);
    expect(figures(other.stdout)).not.toEqual(figures(first.stdout));

    const sample = run('sample.ts', ['--checkpoint', 'run.safetensors', '--prompt', 'abc']);
    expect(sample.stderr).toBe('');
    expect(sample.stdout).toMatch(/^abc[a-j]{400}\n$/);
  });

  it('stops at Ctrl-C with a saved state and exit code 130, and goes on as if it had not', async () => {
    const long = [...small, '--steps', '600', '--validate-every', '600'];
    const stopped = await interruptScript(script('main.ts'), long, folder.path, /^step/m);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toMatch(/--resume --checkpoint run\.safetensors\n$/);
    expect(existsSync(join(folder.path, 'run.safetensors'))).toBe(true);
    const resume = ['--checkpoint', 'run.safetensors', '--resume'];
    const resumed = run('main.ts', resume);
    expect(resumed.code).toBe(0);
    rmSync(join(folder.path, 'run.safetensors'));
    expect(figures(resumed.stdout).at(-1)).toBe(figures(run('main.ts', long).stdout).at(-1));
  });

  it('refuses to change the model of a run that goes on', () => {
    run('main.ts', small);
    const { code, stderr } = run('main.ts', [...small, '--resume', '--hidden', '9']);
    expect(stderr).toMatch(/^--hidden cannot change [^\n]+ 8, got 9\.[^\n]+\n$/);
    expect(code).toBe(2);
  });

  it('ends quietly when nobody reads its output any more', () => {
    const command = `"${process.execPath}" "${script('main.ts')}" ${small.join(' ')} | head -n 1`;
    const { stdout, stderr } = spawnSync(command, {
      cwd: folder.path,
      shell: true,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^text\.txt: [^\n]+\n$/);
    expect(stderr).toBe('');
  });
});
