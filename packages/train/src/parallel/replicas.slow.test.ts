// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { runWorkers } from './node-workers.ts';
import type { ReplicaPlan, ReplicaResult } from './replica-testing.ts';

it('10,000 steps of two workers: tensors and heap do not grow, and the process by less than 5 %', async () => {
  const module = new URL('./replica-worker-testing.ts', import.meta.url);
  const resident: number[] = [];
  const timer = setInterval(() => resident.push(process.memoryUsage().rss), 100);
  const data = { steps: 30_000, batch: 4, outputKeep: 0.8 };
  const results = await runWorkers<ReplicaPlan, never, ReplicaResult>(module, { count: 2, data });
  clearInterval(timer);
  for (const { memory } of results) {
    const [early, late] = memory;
    expect(late).toEqual(early);
  }
  // The process as a whole over the last 10,000: before, V8 still compiles, and widens each thread's
  // young generation by tens of megabytes at once, at a step that differs from run to run.
  const settled = Math.max(...resident.slice(0, (resident.length * 2) / 3));
  expect(Math.max(...resident)).toBeLessThan(1.05 * settled);
});
