// SPDX-License-Identifier: Apache-2.0
import { webWorkerMain } from '../../index.ts';
import { type ReplicaPlan, type ReplicaResult, trainReplica } from '../replica-testing.ts';

await webWorkerMain<ReplicaPlan, number, ReplicaResult>(async ({ communicator, data, report }) => {
  let step = 0;
  return trainReplica(communicator, data, {
    exit() {
      globalThis.close();
      return new Promise(() => undefined);
    },
    afterStep: async () => report(++step),
  });
});
