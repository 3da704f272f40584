// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { runWorkers } from '@tapeloop/train/node';
import type { Plan, Times } from './measure.ts';

/** A way for ranks to reach each other. */
export interface Transport {
  readonly name: string;
  /** Starts a group of `ranks`, lets it measure, and gives what rank 0 saw. */
  run(ranks: number, plan: Plan): Promise<Times[]>;
}

const thread = new URL('./thread.ts', import.meta.url);
const mpiRank = new URL('./mpi-rank.ts', import.meta.url).pathname;

/** Open MPI wants to be asked to start as root, or more processes than there are cores. */
const openMpiEnvironment = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
};

/** Threads, and those MPIs whose `mpiexec` is on the PATH. */
export function transports(): Transport[] {
  const installed = ['mpiexec.mpich', 'mpiexec.openmpi'].filter((mpiexec) => {
    return spawnSync(mpiexec, ['--version']).status === 0;
  });
  return [threads('shared'), threads('messages'), ...installed.map(mpi)];
}

function threads(transport: 'shared' | 'messages'): Transport {
  return {
    name: { shared: 'shared memory', messages: 'messages' }[transport],
    run: async (ranks, plan) => {
      const options = { count: ranks, data: plan, transport };
      const [times = []] = await runWorkers<Plan, never, Times[]>(thread, options);
      return times;
    },
  };
}

function mpi(mpiexec: string): Transport {
  return {
    name: mpiexec,
    run: async (ranks, plan) => {
      const args = ['-n', String(ranks), process.execPath, mpiRank, JSON.stringify(plan)];
      const env = { ...process.env, ...openMpiEnvironment };
      const { status, stdout, stderr } = spawnSync(mpiexec, args, { encoding: 'utf8', env });
      if (status !== 0) throw new Error(`${mpiexec}: ${stderr}`);
      return JSON.parse(stdout).times;
    },
  };
}
