// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeTo } from '@tapeloop/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lossesOf, program, smallOptions, smallText, tapeloop } from './command-testing.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-'));
  writeFileSync(join(folder, 'text.txt'), smallText);
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => tapeloop(folder, args);
const train = (...args: readonly string[]) => run('train', ...smallOptions, ...args);

describe('mistakes', () => {
  it.each([
    ['an unknown command', ['learn'], "unknown command 'learn'"],
    ['an unknown option', ['train', '--step', '3'], '--step'],
    ['no text', ['train', '--steps', '30'], '--data is missing'],
    ['a missing text', ['train', '--data', 'nowhere.txt'], 'cannot read nowhere.txt'],
    ['a word out of a few', ['train', '--cell', 'cnn'], '--cell must be one of lstm, gru, rnn'],
    ['options that contradict each other', ['train', '--tied', '--hidden', '9'], '--tied needs'],
    ['a warm-up without an end', ['train', '--steps', '5'], '--warmup must be less than --steps'],
    [
      'a text that is too short',
      ['train', '--data', 'text.txt', '--batch', '900'],
      'text.txt must',
    ],
    ['a run that is not there', ['resume'], '--checkpoint: cannot read runs/text'],
    ['no run to sample from', ['sample'], '--checkpoint: cannot read runs/text'],
    ['no run to inspect', ['inspect'], '--checkpoint: cannot read runs/text'],
    ['no text to evaluate on', ['evaluate'], '--data is missing'],
    ['a file that is no checkpoint', ['inspect', '--checkpoint', 'text.txt'], 'text.txt: '],
    [
      'a log that is a folder',
      ['train', '--data', 'text.txt', '--log', '.'],
      '--log: cannot write .',
    ],
  ])('%s: one line, exit code 2', (_, args, named) => {
    const { status, stderr } = run(...args);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(named);
    expect(status).toBe(2);
  });

  it.each([
    ['empty', '', 'text.txt is empty'],
    ['not UTF-8', Uint8Array.of(0xff, 0xfe, 0x41), 'text.txt must be UTF-8'],
  ])('a text that is %s: one line, exit code 2, nothing written', (_, content, named) => {
    writeFileSync(join(folder, 'text.txt'), content);
    const { status, stderr } = train();
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(named);
    expect(status).toBe(2);
    expect(readdirSync(folder)).toEqual(['text.txt']);
  });

  it('a number that is not finite, met by two threads: one line, exit code 2', () => {
    const wild = ['--learning-rate', '1e38', '--warmup', '0', '--clip', '1e38'];
    const { status, stderr } = train(...wild, '--workers', '2');
    expect(stderr).toMatch(/^rank [01]: NonFiniteError: step 2: training met [^\n]+\n$/);
    expect(status).toBe(2);
  });
});

describe('help', () => {
  it.each(['train', 'resume', 'evaluate', 'sample', 'inspect'])('of %s lists options', (name) => {
    const { status, stdout, stderr } = run(name, '--help');
    expect(stdout).toMatch(new RegExp(`^Usage: tapeloop ${name} `));
    expect(stdout).toContain('--checkpoint FOLDER');
    expect([status, stderr]).toEqual([0, '']);
  });

  it('of the command lists commands, also without any argument', () => {
    const { stdout } = run();
    expect(stdout).toBe(run('--help').stdout);
    expect(stdout).toMatch(/train .*\n.*resume .*\n.*evaluate .*\n.*sample .*\n.*inspect /);
  });
});

describe('a run', () => {
  it('that is stopped and resumed prints the losses of one that was not', () => {
    expect(train('--log', 'whole.jsonl', '--checkpoint', 'whole').status).toBe(0);
    // The time is up after the first step.
    const first = train('--log', 'parts.jsonl', '--checkpoint', 'parts', '--max-minutes', '1e-9');
    expect(first.stdout).toContain('tapeloop resume --checkpoint parts');
    expect(run('resume', '--checkpoint', 'parts', '--max-minutes', '0').status).toBe(0);
    const whole = lossesOf(join(folder, 'whole.jsonl'));
    expect([...whole.keys()].slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(whole.get('validation 40')).toMatch(/^\d/);
    // The run that was stopped was validated then, too.
    const parts = lossesOf(join(folder, 'parts.jsonl'));
    for (const [key, loss] of whole) expect([key, parts.get(key)]).toEqual([key, loss]);
  });

  it('of two threads has the losses of one with twice the rows, to 1e-5', () => {
    const losses = (name: string, ...options: readonly string[]) => {
      const log = `${name}.jsonl`;
      const files = ['--log', log, '--checkpoint', name];
      expect(train(...files, '--output-keep', '1', ...options).stderr).toBe('');
      return [...lossesOf(join(folder, log)).values()].map(Number);
    };
    const alone = losses('alone', '--batch', '6');
    const together = losses('together', '--batch', '3', '--workers', '2');
    expect(alone.length).toBe(41);
    closeTo(together, alone, { relative: 1e-5, absolute: 0 });
  });

  it('is not overwritten by another', () => {
    train();
    const before = readdirSync(join(folder, 'runs/text'));
    const { status, stderr } = train();
    expect(stderr).toContain('holds a run of 40 steps. Go on with it (tapeloop resume');
    expect(status).toBe(2);
    expect(readdirSync(join(folder, 'runs/text'))).toEqual(before);
  });

  it('goes on only with its own text, and only when steps are left', () => {
    train();
    const done = run('resume');
    expect(done.stderr).toContain('has made its 40 steps. Add --steps with a larger number');
    writeFileSync(join(folder, 'other.txt'), `${smallText}more`);
    const other = run('resume', '--steps', '50', '--data', 'other.txt');
    expect(other.stderr).toContain('other.txt is not the text that the run in');
    expect([done.status, other.status]).toEqual([2, 2]);
    expect(run('resume', '--steps', '50').stdout).toContain('50 steps in all');
  });

  it('whose latest checkpoint is damaged goes on from the one before, and says so', () => {
    train('--validate-every', '10');
    const [, latest = ''] = readdirSync(join(folder, 'runs/text')).slice(-2);
    const path = join(folder, 'runs/text', latest);
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    const { stdout, stderr, status } = run('resume');
    expect(stderr).toContain(
      `Passed over a damaged checkpoint: decodeSafetensors: runs/text/${latest}`,
    );
    expect(stdout).toContain('Going on after step 30.');
    expect(status).toBe(0);
  });
});

describe('a trained model', () => {
  let trained = '';
  const use = (...args: readonly string[]) => tapeloop(trained, args);
  beforeAll(() => {
    trained = mkdtempSync(join(tmpdir(), 'tapeloop-trained-'));
    writeFileSync(join(trained, 'text.txt'), smallText);
    for (const kind of ['char', 'word', 'bpe']) {
      const options = ['--tokenizer', kind, '--checkpoint', kind, '--cell', 'gru'];
      const { stderr } = tapeloop(trained, ['train', ...smallOptions, ...options]);
      expect(stderr).toBe('');
    }
  }, 30_000);
  afterAll(() => rmSync(trained, { recursive: true }));

  it.each(['char', 'word', 'bpe'])('of tokenizer %s writes the same text twice', (kind) => {
    const args = ['sample', '--checkpoint', kind, '--prompt', 'seven ', '--length', '30'];
    const text = use(...args).stdout;
    expect(text).toMatch(/^seven .+\n$/s);
    expect(use(...args).stdout).toBe(text);
    expect(use(...args, '--seed', '2').stdout).not.toBe(text);
    expect(use(...args, '--temperature', '0', '--top-k', '1').stdout).toBe(
      use(...args, '--beams', '1').stdout,
    );
  });

  it.each(['char', 'word', 'bpe'])('of tokenizer %s tells how it does on a text', (kind) => {
    const { stdout, status } = use('evaluate', '--checkpoint', kind, '--data', 'text.txt');
    const [, nats = ''] = /^loss +(\S+) nats a token$/m.exec(stdout) ?? [];
    expect(stdout).toContain(`perplexity  ${Math.exp(Number(nats))}`);
    expect(status).toBe(0);
  });

  it('is told about by inspect', () => {
    const { stdout } = use('inspect', '--checkpoint', 'char');
    expect(stdout).toMatch(/step 40 of 40; best validation: [\d.]+ nats/);
    expect(stdout).toMatch(/model\/rnn\/cell0\/kernel +\[8, 24\] {2}rms /);
    expect(stdout).toMatch(/ parameters; \d+ more tensors/);
  });

  it('is not written to when the reader goes away', () => {
    const sample = `"${process.execPath}" "${program}" sample --checkpoint char --prompt one`;
    const command = `${sample} --length 5000 | head -c 10`;
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: trained, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
