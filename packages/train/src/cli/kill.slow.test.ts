// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CheckpointFolder } from '../checkpoint/checkpoint-folder.ts';
import { lossesOf, program, smallOptions, smallText, tapeloop } from './command-testing.ts';

const kills = 50;
// Enough that no life lasts to the end; a checkpoint every third step, so that many kills hit one.
const steps = '6000';
const options = [...smallOptions, '--steps', steps, '--validate-every', '3'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-kill-'));
  writeFileSync(join(folder, 'text.txt'), smallText);
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = () => join(folder, 'killed.jsonl');
const logSize = () => (existsSync(log()) ? statSync(log()).size : 0);

/** Starts the command, waits until it has trained for a while, and kills it. True if it was running. */
async function liveAndDie(args: readonly string[], milliseconds: number): Promise<boolean> {
  const before = logSize();
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: 'ignore' });
  const exit = once(child, 'exit');
  while (logSize() === before && child.exitCode === null) await setTimeout(2);
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  const [, signal] = await exit;
  return signal === 'SIGKILL';
}

it(`killed at ${kills} random moments and resumed prints the losses of a run that was not, to the last digit`, async () => {
  const whole = tapeloop(folder, [
    'train',
    ...options,
    '--checkpoint',
    'whole',
    '--log',
    'whole.jsonl',
  ]);
  expect(whole.stderr).toBe('');
  const checkpoints = new CheckpointFolder(join(folder, 'killed'));
  for (let kill = 0; kill < kills; kill++) {
    const hasBegun = checkpoints.entries().length > 0;
    const command = hasBegun ? ['resume'] : ['train', ...options, '--log', 'killed.jsonl'];
    const milliseconds = (kill * kill * 7919) % 61;
    expect(await liveAndDie([...command, '--checkpoint', 'killed'], milliseconds)).toBe(true);
  }
  const last = tapeloop(folder, ['resume', '--checkpoint', 'killed']);
  expect(last.stderr).toBe('');
  const expected = lossesOf(join(folder, 'whole.jsonl'));
  const killed = lossesOf(log());
  expect(expected.size).toBe(6000 + 2000);
  expect(killed).toEqual(expected);
});
