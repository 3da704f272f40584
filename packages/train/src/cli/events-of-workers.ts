// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import type { TrainingEvent } from '../loop/events.ts';
import { runWorkers } from '../parallel/node-workers.ts';
import type { TrainingPlan } from './train-rank.ts';

/** Beside this file, as source or as published. */
const module = new URL(`./train-worker${extname(import.meta.url)}`, import.meta.url);

/** What the first of `count` threads tells that train as planned, each on its share of the text. */
export function eventsOfWorkers(
  plan: TrainingPlan,
  count: number,
  signal: AbortSignal,
): AsyncIterable<TrainingEvent> {
  return new ReadableStream<TrainingEvent>({
    start: (events) => {
      const onMessage = (event: TrainingEvent) => events.enqueue(event);
      runWorkers<TrainingPlan, TrainingEvent>(module, {
        count,
        data: plan,
        onMessage,
        signal,
      }).then(
        () => events.close(),
        (error) => events.error(error),
      );
    },
  });
}
