// SPDX-License-Identifier: Apache-2.0
// The thread that calls MPI. A call blocks it, and not the thread that trains; calls are made in the
// order in which they were asked for, which MPI wants of every process.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MpiCalls } from './mpi-calls.ts';
import { loadMpi } from './mpi-library.ts';

/** What the thread is asked to do. It changes the arrays in place. */
export type MpiRequest =
  | { readonly call: 'allReduce'; readonly values: Float32Array }
  | { readonly call: 'broadcast'; readonly bytes: Uint8Array; readonly root: number }
  | { readonly call: 'allGather'; readonly bytes: Uint8Array }
  | { readonly call: 'barrier' }
  | { readonly call: 'close' };

/** What it tells: first that it has started, then how each request went, in their order. */
export type MpiAnswer =
  | { readonly type: 'started'; readonly rank: number; readonly size: number }
  | { readonly type: 'done'; readonly gathered: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly type: 'failed'; readonly message: string };

if (parentPort !== null) await serve(parentPort);

async function serve(port: MessagePort): Promise<void> {
  const calls = new MpiCalls(await loadMpi(workerData));
  const { rank, size } = calls.start();
  /** The first one is final: the ranks are out of step then. */
  let failure: MpiAnswer | undefined;
  const answer = (message: MpiAnswer) => port.postMessage(message);
  port.on('message', (request: MpiRequest) => {
    // Whatever has failed, MPI must be ended.
    const earlier = request.call === 'close' ? undefined : failure;
    const outcome = earlier ?? attempt(calls, request, size);
    if (outcome.type === 'failed') failure = outcome;
    answer(outcome);
    if (request.call === 'close') port.close();
  });
  answer({ type: 'started', rank, size });
}

function attempt(calls: MpiCalls, request: MpiRequest, size: number): MpiAnswer {
  try {
    return { type: 'done', gathered: perform(calls, request, size) };
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Makes a call. Returns what was gathered, nothing when it gathers nothing. */
function perform(
  calls: MpiCalls,
  request: MpiRequest,
  size: number,
): readonly Uint8Array<ArrayBuffer>[] {
  switch (request.call) {
    case 'allReduce':
      calls.allReduce(request.values);
      return [];
    case 'broadcast':
      calls.broadcast(request.bytes, request.root);
      return [];
    case 'allGather':
      return calls.allGather(request.bytes, size);
    case 'barrier':
      calls.barrier();
      return [];
    case 'close':
      calls.finish();
      return [];
  }
}
