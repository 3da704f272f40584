// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { dispose } from '@tapeloop/core';
import { encodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { workerMain } from './node-workers.ts';
import { gatherState } from './replica-state.ts';
import { type ReplicaPlan, type ReplicaResult, trainReplica } from './replica-testing.ts';

/** What the threads of a test train. */
export interface ThreadPlan extends ReplicaPlan {
  /** Where the first thread saves after each step. */
  readonly checkpoint?: string;
}

await workerMain<ThreadPlan, never, ReplicaResult>(async ({ communicator, data }) => {
  const { checkpoint, ...plan } = data;
  return trainReplica(communicator, plan, {
    exit: () => process.exit(7),
    async afterStep(run) {
      if (checkpoint === undefined) return;
      const state = await gatherState(run.state(), communicator);
      if (communicator.rank === 0) writeFileSync(checkpoint, encodeCheckpoint(state, {}));
      dispose(state.tensors);
    },
  });
});
