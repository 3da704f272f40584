// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectMistake, interruptScript, runScript } from '../shared/command-testing.ts';
import { folderOfTest } from '../shared/folder-testing.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

const nouns = ['whale', 'ship', 'sea', 'captain', 'mate'];
const text = Array.from({ length: 200 }, (_, i) => {
  return `The ${nouns[i % 5]} saw a ${nouns[(i * i) % 5]}, and it was ${i % 3 === 0 ? 'old' : 'new'}.`;
}).join('\n');

const folder = folderOfTest({ 'text.txt': text });
const small = [
  ...['--data', 'text.txt', '--checkpoint', 'run.safetensors', '--steps', '60'],
  ...['--batch', '3', '--window', '7', '--embedding', '8', '--hidden', '8'],
];
const run = (...args: string[]) => runScript(main, [...small, ...args], folder.path);

/** The figures that do not depend on time. */
const figures = (stdout: string) =>
  stdout.split('\n').flatMap((line) => /^step.*? perplexity \d+\.\d+/.exec(line)?.[0] ?? []);

describe('a run', () => {
  it('trains, validates, writes words, and prints the same figures again, others with another preset', () => {
    const first = run();
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^text\.txt: training on 2,088 words, .* vocabulary of 16 /);
    expect(figures(first.stdout)).toEqual([
      expect.stringMatching(/^step 50\/60 {2}loss \d\.\d{4} nats, perplexity \d+\.\d\d$/),
      expect.stringMatching(/^step 60 {2}validation \d\.\d{4} nats, perplexity \d+\.\d\d$/),
    ]);
    expect(first.stdout).toMatch(/\nMy fellow Americans, we( ?[a-z,.]+){100}\n/);
    expect(first.stdout).toMatch(/\nReached perplexity [\d.]+ on validation\. .* about \d+\.\n$/);
    expect(figures(run().stdout)).toEqual(figures(first.stdout));
    expect(figures(run('--preset', 'none').stdout)).not.toEqual(figures(first.stdout));
  });

  it('stops at Ctrl-C with exit code 130, and goes on as if it had not, with its preset', async () => {
    const long = [...small, '--steps', '400', '--validate-every', '400', '--preset', 'variational'];
    const stopped = await interruptScript(main, long, folder.path, /^step/m);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toMatch(/pnpm word-lm --resume --checkpoint run\.safetensors\n$/);
    const resume = ['--checkpoint', 'run.safetensors', '--resume'];
    const other = runScript(main, [...resume, '--preset', 'none'], folder.path);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/^--preset cannot change .* variational, got none\./),
    ]);
    const resumed = runScript(main, resume, folder.path);
    const uninterrupted = runScript(main, long, folder.path);
    expect(figures(resumed.stdout).at(-1)).toBe(figures(uninterrupted.stdout).at(-1));
  });
});

describe('mistakes', () => {
  it.each([
    [
      'an unknown preset',
      ['--preset', 'gal'],
      '--preset must be one of none, zaremba, variational',
    ],
    ['a text that is too short', ['--batch', '500'], 'text.txt must have about'],
    ['a checkpoint that is not there', ['--resume'], 'run.safetensors'],
  ])('%s: one line, exit code 2, nothing written', (_, args, named) => {
    expectMistake(run(...args), named);
    expect(readdirSync(folder.path)).toEqual(['text.txt']);
  });
});
