// SPDX-License-Identifier: Apache-2.0
// One thread of a run with `--workers`.

import type { TrainingEvent } from '../loop/events.ts';
import { initInTurn } from '../parallel/init-in-turn.ts';
import { workerMain } from '../parallel/node-workers.ts';
import { type TrainingPlan, trainRank } from './train-rank.ts';

await workerMain<TrainingPlan, TrainingEvent>(async ({ communicator, data, signal, report }) => {
  await initInTurn(communicator, { wide: 'auto' });
  for await (const event of trainRank(data, communicator, signal)) {
    if (communicator.rank === 0) report(event);
  }
});
