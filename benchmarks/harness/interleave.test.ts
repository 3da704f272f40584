// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { type Measurement, speedup } from './interleave.ts';
import { summarize } from './statistics.ts';

const measurement = (...rounds: number[]): Measurement => ({ step: summarize(rounds), rounds });

it('compares round with round, so that drift of the machine falls out', () => {
  const ours = measurement(10, 20, 40);
  const theirs = measurement(30, 60, 160);
  expect(speedup(ours, theirs)).toEqual({ median: 3, min: 3, max: 4, count: 3 });
});
