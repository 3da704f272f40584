// SPDX-License-Identifier: Apache-2.0
// One rank of an MPI job that makes every call of the contract and writes what it saw to a folder.
//
//   mpiexec -n 3 node contract-rank-testing.ts <folder>

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { runContract } from '../parallel/contract-testing.ts';
import { runMpi } from './run-mpi.ts';

const [, , folder = '.'] = process.argv;

await runMpi(async (communicator) => {
  const outcome = await runContract(communicator);
  writeFileSync(join(folder, `rank-${communicator.rank}`), serialize(outcome));
});
