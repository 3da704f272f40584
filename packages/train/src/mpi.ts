// SPDX-License-Identifier: Apache-2.0

export { MpiCommunicator } from './mpi/mpi-communicator.ts';
export type { MpiOptions } from './mpi/mpi-library.ts';
export { runMpi } from './mpi/run-mpi.ts';
export type { Communicator } from './parallel/communicator.ts';
export { CommunicatorError } from './parallel/communicator-error.ts';
