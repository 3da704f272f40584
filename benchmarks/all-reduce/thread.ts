// SPDX-License-Identifier: Apache-2.0
// One thread of the all-reduce benchmark.

import { workerMain } from '@tapeloop/train/node';
import { measure, type Plan, type Times } from './measure.ts';

await workerMain<Plan, never, Times[]>(({ communicator, data }) => measure(communicator, data));
