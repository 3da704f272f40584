// SPDX-License-Identifier: Apache-2.0
// One process of the all-reduce benchmark over MPI. The plan comes as JSON in the first argument; rank 0
// prints the times as JSON.

import { runMpi } from '@tapeloop/train/mpi';
import { measure } from './measure.ts';

const [, , plan = ''] = process.argv;

await runMpi(async (communicator) => {
  const times = await measure(communicator, JSON.parse(plan));
  if (communicator.rank === 0) {
    process.stdout.write(`${JSON.stringify({ version: communicator.version, times })}\n`);
  }
});
