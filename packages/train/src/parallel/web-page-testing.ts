// SPDX-License-Identifier: Apache-2.0
// A page whose workers run the contract. It leaves functions for the test to call.

import { type Outcome, slotBytes } from './contract-testing.ts';
import { toJson } from './outcome-json-testing.ts';
import { runWebWorkers } from './web-workers.ts';

const url = './web-contract-worker-testing.js';

Object.assign(globalThis, {
  async keeps(count: number): Promise<string> {
    const worker = () => new Worker(url, { type: 'module' });
    const options = { count, data: 'keeps', slotBytes } as const;
    return toJson(await runWebWorkers<'keeps', never, Outcome>(worker, options));
  },

  async throws(): Promise<string> {
    const worker = () => new Worker(url, { type: 'module' });
    const options = { count: 3, data: 'throws' } as const;
    return runWebWorkers<'throws', never, Outcome>(worker, options).then(String, String);
  },

  async cannotLoad(): Promise<string> {
    const worker = () => new Worker('./no-such-worker.js', { type: 'module' });
    return runWebWorkers(worker, { count: 2, data: null }).then(String, String);
  },
});
