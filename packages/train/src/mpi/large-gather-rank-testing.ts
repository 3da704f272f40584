// SPDX-License-Identifier: Apache-2.0
// One rank of an MPI job of two that gathers more than MPI can count, and meanwhile asks for a barrier.
// Rank 0 prints what both calls, and one that is made later, threw, as JSON.

import { runMpi } from './run-mpi.ts';

await runMpi(async (communicator) => {
  const bytes = new Uint8Array(new SharedArrayBuffer(1.2e9));
  const overlapped = await Promise.allSettled([
    communicator.allGather(bytes),
    communicator.barrier(),
  ]);
  const later = await Promise.allSettled([communicator.barrier()]);
  const outcomes = [...overlapped, ...later].map((outcome) => {
    return outcome.status === 'rejected' ? String(outcome.reason) : outcome.status;
  });
  if (communicator.rank === 0) process.stdout.write(JSON.stringify(outcomes));
});
