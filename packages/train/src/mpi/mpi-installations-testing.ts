// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from '../debian-program-testing.ts';

const execute = promisify(execFile);

/** An MPI to test with. */
export interface MpiInstallation {
  /** Starts a job. */
  readonly mpiexec: string;
  readonly flags: readonly string[];
  /** Added to the environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a job, or a single process, ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Open MPI does not start as root, nor more processes than there are cores, unless it is told to. */
const openMpiEnvironment = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

/** MPICH of Debian, or of the system. @throws Error when it cannot be had. */
export async function debianMpich(): Promise<MpiInstallation> {
  const mpiexec = await debianProgram('mpiexec.mpich', 'mpich');
  return { mpiexec, flags: [], environment: {} };
}

/** Open MPI of Debian, or of the system. @throws Error when it cannot be had. */
export async function debianOpenMpi(): Promise<MpiInstallation> {
  const mpiexec = await debianProgram('mpiexec.openmpi', 'openmpi-bin');
  const flags = ['--oversubscribe'];
  return { mpiexec, flags, environment: openMpiEnvironment };
}

/**
 * A library of the standard ABI: Debian has none yet, the MPICH of the Python package index brings one.
 *
 * @param folder empty; what is fetched goes there.
 * @throws Error when it cannot be had.
 */
export async function standardAbi(folder: string): Promise<MpiInstallation> {
  const version = '5.0.2';
  const python = (...args: string[]) => execute('python3', ['-m', ...args], { cwd: folder });
  try {
    await python('pip', 'download', '--quiet', '--no-deps', '--dest', '.', `mpich==${version}`);
    const [wheel = ''] = readdirSync(folder);
    await python('zipfile', '--extract', wheel, '.');
  } catch (cause) {
    throw new Error('The MPI tests could not fetch MPICH by pip. They need python3 and pip.', {
      cause,
    });
  }
  const root = join(folder, `mpich-${version}.data`, 'data');
  const programs = ['mpiexec', 'hydra_pmi_proxy'].map((name) => join(root, 'bin', name));
  for (const program of programs) chmodSync(program, 0o755);
  const [mpiexec = ''] = programs;
  const environment = { TAPELOOP_MPI_LIBRARY: join(root, 'lib', 'libmpi_abi.so.1') };
  return { mpiexec, flags: [], environment };
}

/** Runs a script as a job. */
export function runJob(
  { mpiexec, flags, environment }: MpiInstallation,
  size: number,
  [script, ...args]: readonly [URL, ...string[]],
): Promise<Ending> {
  const rank = [process.execPath, script.pathname, ...args];
  return run(mpiexec, [...flags, '-n', String(size), ...rank], environment);
}

/** Runs a program to its end, however it ends. */
export async function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  return new Promise((resolve) => {
    const options = {
      env: { ...process.env, ...environment },
      timeout: 120_000,
      encoding: 'utf8',
    } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : Number(error !== null);
      resolve({ code, stdout, stderr });
    });
  });
}
