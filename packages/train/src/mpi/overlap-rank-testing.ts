// SPDX-License-Identifier: Apache-2.0
// One rank of an MPI job that asks for three sums at once; rank 0 then keeps its thread busy, as a
// backward pass does. Rank 1 prints how many milliseconds before the end of that it has all sums.

import { runMpi } from './run-mpi.ts';

const BUSY_MILLISECONDS = 1500;

await runMpi(async (communicator) => {
  const clocks = new Float64Array(1);
  const arrays = [1, 2, 3].map(() => new Float32Array(100_000).fill(1));
  await communicator.barrier();
  const sums = arrays.map((values) => communicator.allReduce(values));
  if (communicator.rank === 0) {
    const end = Date.now() + BUSY_MILLISECONDS;
    while (Date.now() < end);
    clocks[0] = end;
  }
  await Promise.all(sums);
  const added = Date.now();
  await communicator.broadcast(new Uint8Array(clocks.buffer));
  if (communicator.rank === 1) process.stdout.write(String((clocks[0] ?? 0) - added));
});
