// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs';
import { isMistake } from '../terminal/mistake.ts';
import { MpiCommunicator } from './mpi-communicator.ts';
import type { MpiOptions } from './mpi-library.ts';

const STDERR = 2;

/** Milliseconds in which `mpiexec` reads what a process wrote before it is told to end the job. */
const READING_TIME = 250;

/**
 * Runs `main` as one rank of an MPI job, and closes MPI after it. Should this process fail while others
 * wait for it, whether `main` throws, an error goes uncaught or something calls `process.exit`, it says
 * why on standard error and ends the whole job with an exit code other than 0.
 *
 * @throws as `MpiCommunicator.start`.
 *
 * @example
 * // mpiexec -n 4 node train.js
 * await runMpi(async (communicator) => {
 *   await init();
 *   await trainReplica(communicator);
 * });
 */
export async function runMpi<Result>(
  main: (communicator: MpiCommunicator) => Promise<Result>,
  options: MpiOptions = {},
): Promise<Result> {
  const communicator = await MpiCommunicator.start(options);
  const fail = (error: unknown) => endJob(communicator, error);
  const exitEarly = (code: number) => {
    if (!communicator.closed) endJob(communicator, `the process exits with code ${code}`);
  };
  process.on('uncaughtException', fail);
  process.on('exit', exitEarly);
  try {
    const result = await main(communicator);
    await communicator.close();
    return result;
  } catch (error) {
    if (communicator.closed) throw error;
    return endJob(communicator, error);
  } finally {
    process.off('uncaughtException', fail);
    process.off('exit', exitEarly);
  }
}

function endJob(communicator: MpiCommunicator, error: unknown): never {
  // Written and waited for synchronously: nothing else of this process will run any more.
  writeSync(STDERR, `rank ${communicator.rank} of ${communicator.size}: ${textOf(error)}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, READING_TIME);
  communicator.abort();
}

function textOf(error: unknown): string {
  if (isMistake(error)) return `${error.name}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
