// SPDX-License-Identifier: Apache-2.0
import { type Outcome, runContract } from './contract-testing.ts';
import { webWorkerMain } from './web-workers.ts';

await webWorkerMain<'keeps' | 'throws', string, Outcome>(async ({ communicator, data, report }) => {
  if (data === 'keeps') return await runContract(communicator);
  try {
    await communicator.barrier();
    if (communicator.rank === 1) throw new RangeError('replica lost');
    return await runContract(communicator);
  } catch (error) {
    report(String(error));
    throw error;
  }
});
