// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { CommunicatorError } from './communicator-error.ts';
import { workerMain } from './node-workers.ts';

/** What goes wrong on rank 1. */
export type Mishap =
  | 'throws'
  | 'throws later'
  | 'exits'
  | 'returns early'
  | 'calls something else'
  | 'sums another length'
  | 'never comes'
  | 'nothing';

/** What a rank tells of the error that ended its call. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly atRank: number | undefined;
}

class ReplicaError extends Error {
  override name = 'ReplicaError';
}

await workerMain<Mishap, Failure, string>(async ({ communicator, data, signal, report }) => {
  try {
    await communicator.barrier();
    if (communicator.rank === 1) await misbehave(communicator, data);
    else await communicator.allReduce(new Float32Array(5));
  } catch (error) {
    if (error instanceof CommunicatorError) {
      report({ name: error.name, message: error.message, atRank: error.rank });
    }
    throw error;
  }
  if (data === 'nothing') await aborted(signal);
  return 'done';
});

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

async function misbehave(communicator: Communicator, mishap: Mishap): Promise<void> {
  switch (mishap) {
    case 'throws':
      throw new ReplicaError('replica lost');
    case 'throws later':
      setTimeout(() => {
        throw new RangeError('out of turn');
      });
      return new Promise(() => undefined);
    case 'exits':
      process.exit(3);
      return;
    case 'returns early':
      return;
    case 'calls something else':
      return communicator.broadcast(new Uint8Array(5), 2);
    case 'sums another length':
      return communicator.allReduce(new Float32Array(6));
    case 'never comes':
      return new Promise(() => setInterval(() => undefined, 1000));
    case 'nothing':
      return communicator.allReduce(new Float32Array(5));
  }
}
