// SPDX-License-Identifier: Apache-2.0
// One rank of an MPI job of which rank 1 fails while the others wait for it.
//
//   mpiexec -n 3 node failing-rank-testing.ts <mishap>

import { setTimeout as sleep } from 'node:timers/promises';
import type { Communicator } from '../parallel/communicator.ts';
import { runMpi } from './run-mpi.ts';

const [, , mishap] = process.argv;

class ReplicaError extends Error {
  override name = 'ReplicaError';
}

await runMpi(async (communicator) => {
  await communicator.barrier();
  if (communicator.rank === 1) await fail(communicator);
  await communicator.allReduce(new Float32Array(5));
});

async function fail(communicator: Communicator): Promise<void> {
  switch (mishap) {
    case 'throws':
      throw new ReplicaError('replica lost');
    case 'throws while its own call waits':
      void communicator.barrier();
      void communicator.barrier();
      await sleep(200);
      throw new ReplicaError('replica lost');
    case 'throws uncaught':
      setTimeout(() => {
        throw new ReplicaError('replica lost');
      });
      await sleep(60_000);
      break;
    case 'exits':
      process.exit(3);
  }
}
