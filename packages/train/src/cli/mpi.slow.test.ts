// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { closeTo } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointFolder } from '../checkpoint/checkpoint-folder.ts';
import {
  debianMpich,
  debianOpenMpi,
  type MpiInstallation,
  runJob,
} from '../mpi/mpi-installations-testing.ts';
import { lossesOf, program, smallOptions, smallText, tapeloop } from './command-testing.ts';

let folder = '';
const path = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-mpi-train-'));
  writeFileSync(path('text.txt'), smallText);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Options of a small run, its files in the folder. */
function options(name: string, batch: number, ...more: string[]): string[] {
  const files = [
    '--data',
    path('text.txt'),
    '--checkpoint',
    path(name),
    '--log',
    path(`${name}.jsonl`),
  ];
  return [...smallOptions, ...files, '--batch', String(batch), '--output-keep', '1', ...more];
}

const numbersOf = (name: string) => {
  return [...lossesOf(path(`${name}.jsonl`)).values()].map((loss) => Number(loss));
};

describe.each([
  ['MPICH', debianMpich],
  ['Open MPI', debianOpenMpi],
] as const)('tapeloop train --mpi on %s', (_name, install) => {
  let mpi: MpiInstallation;
  const job = (size: number, ...args: string[]) =>
    runJob(mpi, size, [new URL(`file://${program}`), ...args]);

  beforeAll(async () => {
    mpi = await install();
  }, 300_000);

  it.each([2, 3])('has in %i processes the losses of one, to 1e-5', async (size) => {
    const alone = tapeloop(folder, ['train', ...options('alone', 6)]);
    expect(alone.stderr).toBe('');
    const { code, stderr, stdout } = await job(
      size,
      'train',
      '--mpi',
      ...options('ranks', 6 / size),
    );
    expect([code, stderr]).toEqual([0, '']);
    // Only the first rank speaks.
    expect(stdout.match(/All steps are made/g)?.length).toBe(1);
    closeTo(numbersOf('ranks'), numbersOf('alone'), { relative: 1e-5, absolute: 0 });
  });

  it('resumed prints the losses of a run that was not stopped, to the last digit', async () => {
    await job(2, 'train', '--mpi', ...options('whole', 3));
    await job(2, 'train', '--mpi', ...options('parts', 3, '--max-minutes', '1e-9'));
    const resume = ['resume', '--mpi', '--checkpoint', path('parts'), '--max-minutes', '0'];
    expect((await job(2, ...resume)).code).toBe(0);
    const parts = lossesOf(path('parts.jsonl'));
    for (const [key, loss] of lossesOf(path('whole.jsonl'))) {
      expect([key, parts.get(key)]).toEqual([key, loss]);
    }
  });

  it('tells a mistake once, in one line, and ends with code 2', async () => {
    const { code, stderr } = await job(2, 'train', '--mpi', '--data', path('nowhere.txt'));
    expect(stderr.match(/cannot read/g)?.length).toBe(1);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(['text.txt']);
  });

  it('ends the job, and says where, when training meets a number that is not finite', async () => {
    const wild = ['--learning-rate', '1e38', '--warmup', '0', '--clip', '1e38'];
    const { code, stderr } = await job(2, 'train', '--mpi', ...options('wild', 3, ...wild));
    expect(stderr).toMatch(/^rank [01] of 2: NonFiniteError: step 2: training met [^\n]+$/m);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).not.toBe(0);
  });
});

// Open MPI's mpiexec ends its processes before they can.
it("tapeloop train --mpi saves first when MPICH's mpiexec is asked to end", async () => {
  const mpi = await debianMpich();
  const args = [...options('asked', 3), '--steps', '100000', '--validate-every', '100000'];
  const rank = [process.execPath, program, 'train', '--mpi', ...args];
  const child = spawn(mpi.mpiexec, [...mpi.flags, '-n', '2', ...rank], {
    env: { ...process.env, ...mpi.environment },
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  while (!existsSync(path('asked.jsonl')) || statSync(path('asked.jsonl')).size === 0) {
    await setTimeout(20);
  }
  child.kill('SIGINT');
  await exit;
  const checkpoints = new CheckpointFolder(path('asked'));
  expect(checkpoints.readLatest().saved.counters.step).toBeGreaterThan(0);
});
