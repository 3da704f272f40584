// SPDX-License-Identifier: Apache-2.0
import { type Outcome, runContract } from './contract-testing.ts';
import { workerMain } from './node-workers.ts';

await workerMain<null, never, Outcome>(({ communicator }) => runContract(communicator));
