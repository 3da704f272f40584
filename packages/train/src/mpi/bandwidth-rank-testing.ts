// SPDX-License-Identifier: Apache-2.0
// One rank of an MPI job that adds 4 MiB, over and over; rank 0 prints milliseconds, beside those of a
// plain copy, as JSON.

import { runMpi } from './run-mpi.ts';

const repetitions = 20;

await runMpi(async (communicator) => {
  const values = new Float32Array(new SharedArrayBuffer(4 * 2 ** 20));
  const copy = new Float32Array(values.length);
  const times: number[][] = [];
  for (let i = 0; i < repetitions; i++) {
    values.fill(communicator.rank + 1);
    await communicator.barrier();
    const start = performance.now();
    await communicator.allReduce(values);
    const summed = performance.now();
    copy.set(values);
    times.push([summed - start, performance.now() - summed]);
  }
  const [allReduce, plainCopy] = [0, 1].map((column) => {
    return Math.min(...times.map((row) => row[column] ?? Number.NaN));
  });
  if (communicator.rank !== 0) return;
  const { version } = communicator;
  process.stdout.write(`${JSON.stringify({ version, sum: values[7], allReduce, plainCopy })}\n`);
});
