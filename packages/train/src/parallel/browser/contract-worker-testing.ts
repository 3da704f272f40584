// SPDX-License-Identifier: Apache-2.0
import { webWorkerMain } from '../../index.ts';
import { type Outcome, runContract } from '../contract-testing.ts';

await webWorkerMain<null, never, Outcome>(({ communicator }) => runContract(communicator));
