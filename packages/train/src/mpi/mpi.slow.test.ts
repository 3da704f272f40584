// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itKeepsTheContract } from '../parallel/contract-suite-testing.ts';
import type { Outcome } from '../parallel/contract-testing.ts';
import {
  debianMpich,
  debianOpenMpi,
  type MpiInstallation,
  run,
  runJob,
  standardAbi,
} from './mpi-installations-testing.ts';

const contractRank = new URL('./contract-rank-testing.ts', import.meta.url);
const failingRank = new URL('./failing-rank-testing.ts', import.meta.url);
const largeGatherRank = new URL('./large-gather-rank-testing.ts', import.meta.url);
const overlapRank = new URL('./overlap-rank-testing.ts', import.meta.url);
const bandwidthRank = new URL('./bandwidth-rank-testing.ts', import.meta.url);

const temporary = mkdtempSync(join(tmpdir(), 'tapeloop-mpi-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const installations = [
  ['MPICH', debianMpich],
  ['Open MPI', debianOpenMpi],
  ['the standard ABI', () => standardAbi(mkdtempSync(join(temporary, 'abi-')))],
] as const;

describe.each(installations)('%s', (_name, install) => {
  let mpi: MpiInstallation;

  beforeAll(async () => {
    mpi = await install();
  }, 300_000);

  describe.each([2, 3])('%i ranks', (size) => {
    itKeepsTheContract(size, () => runContractJob(mpi, size));
  });

  it.each(['throws', 'throws while its own call waits', 'throws uncaught'])(
    'ends the job, and says why, when a rank %s',
    async (mishap) => {
      const { code, stderr } = await runJob(mpi, 3, [failingRank, mishap]);
      expect(code).not.toBe(0);
      expect(stderr).toContain('rank 1 of 3: ReplicaError: replica lost\n    at ');
    },
  );

  it('ends the job when a rank exits', async () => {
    const { code, stderr } = await runJob(mpi, 3, [failingRank, 'exits']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('rank 1 of 3: the process exits with code 3');
  });

  it('is a group of one without mpiexec', async () => {
    const folder = mkdtempSync(join(temporary, 'single-'));
    const args = [contractRank.pathname, folder];
    const { code } = await run(process.execPath, args, mpi.environment);
    expect(code).toBe(0);
    expect(outcomeOf(folder, 0).identity).toEqual({ rank: 0, size: 1 });
  });

  it('adds all that was asked for while the thread that asked is busy', async () => {
    const { stdout } = await runJob(mpi, 2, [overlapRank]);
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  it('fails all calls after one that failed, with the same error', async () => {
    const { stdout } = await runJob(mpi, 2, [largeGatherRank]);
    const error =
      'CommunicatorError: allGather: bytes must be fewer than 2 GiB over all ranks, got 2400000000. ' +
      'Gather less at a time.';
    expect(JSON.parse(stdout)).toEqual([error, error, error]);
  });

  it('adds 4 MiB of two ranks; prints how long it takes, beside a plain copy', async () => {
    const { stdout } = await runJob(mpi, 2, [bandwidthRank]);
    const { version, sum, allReduce, plainCopy } = JSON.parse(stdout);
    expect(sum).toBe(3);
    process.stdout.write(
      `${String(version).split('\n')[0]}: all-reduce of 4 MiB over 2 ranks ${allReduce.toFixed(2)} ms, ` +
        `plain copy ${plainCopy.toFixed(2)} ms\n`,
    );
  });
});

it("refuses another MPI's mpiexec, under which every process would be alone", async () => {
  const openMpi = await debianOpenMpi();
  await debianMpich();
  const environment = { ...openMpi.environment, TAPELOOP_MPI_LIBRARY: 'libmpich.so.12' };
  const { code, stderr } = await runJob({ ...openMpi, environment }, 2, [contractRank, temporary]);
  expect(code).not.toBe(0);
  expect(stderr).toContain(
    'MPI: what starts the job must belong to the MPI library: it started 2 processes',
  );
});

async function runContractJob(mpi: MpiInstallation, size: number): Promise<Outcome[]> {
  const folder = mkdtempSync(join(temporary, 'job-'));
  const { code, stderr } = await runJob(mpi, size, [contractRank, folder]);
  if (code !== 0) throw new Error(stderr);
  return Array.from({ length: size }, (_, rank) => outcomeOf(folder, rank));
}

function outcomeOf(folder: string, rank: number): Outcome {
  return deserialize(readFileSync(join(folder, `rank-${rank}`)));
}
