// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { machine } from '../harness/machine.ts';
import { summarize } from '../harness/statistics.ts';
import { allReduceTime } from './all-reduce-time.ts';
import { fitMeasurements } from './measurements.ts';

const stepOf = (hidden: number, batch: number, window: number) => ({
  sizes: { hidden, batch, window },
  one: summarize([5 + 4 * batch]),
  speedup: summarize([1.9]),
});
const origin = { date: '2026-01-02T03:04:05Z', benchmark: 'test', machine: machine() };

test('milliseconds of both benchmarks become seconds, each transport and each model its own fit', () => {
  const links = [
    { name: 'a', latency: 1e-5, bandwidth: 1e9 },
    { name: 'b', latency: 4e-5, bandwidth: 3e8 },
  ];
  const allReduce = links.flatMap(({ name, ...link }) =>
    [2 ** 12, 2 ** 20, 2 ** 26].map((bytes) => {
      // Arrays longer than a bucket leave the caches; they are passed over.
      const slowness = bytes > 2 ** 24 ? 10 : 1;
      const milliseconds = slowness * 1000 * allReduceTime(2, bytes, link);
      return { name, ranks: 2, bytes, allReduce: summarize([milliseconds]) };
    }),
  );
  const steps = [stepOf(256, 8, 64), stepOf(256, 32, 64), stepOf(128, 50, 50)];
  const { measured, transports, models, twoWorkers } = fitMeasurements(
    { ...origin, options: { quick: false }, rows: allReduce },
    { ...origin, options: { quick: true }, rows: steps },
  );
  expect(measured).toMatchObject({ date: '2026-01-02', quick: true });
  expect(transports.map(({ name }) => name)).toEqual(['a', 'b']);
  for (const [i, { link }] of transports.entries()) {
    expect(link.latency).toBeCloseTo(links[i]?.latency ?? Number.NaN, 12);
    expect(link.bandwidth / (links[i]?.bandwidth ?? Number.NaN)).toBeCloseTo(1, 9);
  }
  // One batch makes no line.
  expect(models.map(({ hidden, window }) => [hidden, window])).toEqual([[256, 64]]);
  expect(models[0]?.compute.fixed).toBeCloseTo(0.005, 12);
  expect(models[0]?.compute.perRow).toBeCloseTo(0.004, 12);
  expect(twoWorkers.map(({ rows }) => rows)).toEqual([8, 32, 50]);
});

test('steps with one batch alone are refused', () => {
  const allReduce = { ...origin, options: { quick: false }, rows: [] };
  const steps = { ...origin, options: { quick: false }, rows: [stepOf(128, 50, 50)] };
  expect(() => fitMeasurements(allReduce, steps)).toThrow(
    'fit: steps must be measured with several',
  );
});
