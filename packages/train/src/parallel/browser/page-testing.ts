// SPDX-License-Identifier: Apache-2.0
// A page with groups of Web Workers. It leaves functions for the test to call.

import { runWebWorkers } from '../../index.ts';
import { type Outcome, slotBytes } from '../contract-testing.ts';
import type { ReplicaPlan, ReplicaResult } from '../replica-testing.ts';

/** What came of a training. */
export interface Training {
  readonly results: readonly ReplicaResult[];
  /** Message channels that the page made to join its workers. */
  readonly channels: number;
  /** Milliseconds that the page was busy, or not served, at the longest. */
  readonly longestPause: number;
}

let channels = 0;

globalThis.MessageChannel = class extends MessageChannel {
  constructor() {
    super();
    channels += 1;
  }
};

Object.assign(globalThis, {
  /** What each rank saw that made every call of the contract. */
  async runContract(count: number): Promise<Outcome[]> {
    const options = { count, data: null, slotBytes };
    return runWebWorkers<null, never, Outcome>(startContractWorker, options);
  },

  async train(count: number, data: ReplicaPlan): Promise<Training> {
    const channelsBefore = channels;
    const stopWatch = watchPauses();
    const options = { count, data };
    const results = await runWebWorkers<ReplicaPlan, number, ReplicaResult>(
      startTrainingWorker,
      options,
    );
    return { results, channels: channels - channelsBefore, longestPause: stopWatch() };
  },

  /** What ended the training of two workers, the second of which is taken away after `lastStep`. */
  async failureOf(data: ReplicaPlan, lastStep = Number.POSITIVE_INFINITY): Promise<string> {
    const workers: Worker[] = [];
    const start = () => {
      const worker = startTrainingWorker();
      workers.push(worker);
      return worker;
    };
    const onMessage = (step: number, rank: number) => {
      if (rank === 1 && step === lastStep) workers[rank]?.terminate();
    };
    const options = { count: 2, data, onMessage };
    return runWebWorkers<ReplicaPlan, number, ReplicaResult>(start, options).then(
      () => 'none',
      String,
    );
  },

  /** What ended a group whose workers have no module. */
  async failureToLoad(): Promise<string> {
    const start = () => new Worker('./no-such-worker.js', { type: 'module' });
    return runWebWorkers(start, { count: 2, data: null }).then(() => 'none', String);
  },
});

function startContractWorker(): Worker {
  return new Worker(new URL('./contract-worker-testing.ts', import.meta.url), { type: 'module' });
}

function startTrainingWorker(): Worker {
  return new Worker(new URL('./training-worker-testing.ts', import.meta.url), { type: 'module' });
}

/** @returns what ends the watch, and gives the longest time between two turns of the page. */
function watchPauses(): () => number {
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 10);
  return () => {
    look();
    clearInterval(timer);
    return longest;
  };
}
