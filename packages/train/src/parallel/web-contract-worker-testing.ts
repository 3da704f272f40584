// SPDX-License-Identifier: Apache-2.0
import { type Outcome, runContract } from './contract-testing.ts';
import { webWorkerMain } from './web-workers.ts';

await webWorkerMain<'keeps' | 'throws', never, Outcome>(async ({ communicator, data }) => {
  if (data === 'throws' && communicator.rank === 1) throw new RangeError('replica lost');
  return await runContract(communicator);
});
