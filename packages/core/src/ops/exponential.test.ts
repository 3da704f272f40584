// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, test } from 'vitest';
import { erf, exp, init, log, log1p, tensor } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectUnary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
const tolerance = { relative: 3e-7, absolute: 0 };

test('exp has relative error below 3e-7, and its limits', () => {
  const points = [0, -0, 1, 88, -87, minusInf, inf, nan];
  expectUnary(exp, Math.exp, { scale: 20, tolerance, points });
  closeTo(exp(tensor([89, -110])), [inf, 0]);
});

test('log has relative error below 3e-7, and its limits', () => {
  const points = [1, 1.001, 0.999, 1e-38, 3e38, 0, -1, inf, nan];
  expectUnary(log, Math.log, { offset: 2, tolerance, points });
});

test('log1p has relative error below 3e-7 also near 0, and its limits', () => {
  const points = [0, 1e-8, -1e-8, 1e-3, -0.999, -1, -2, 1e30, inf, nan];
  expectUnary(log1p, Math.log1p, { scale: 0.9, tolerance, points });
});

// Values of erf to 15 digits: Abramowitz and Stegun 1964, table 7.1, and its Maclaurin series.
test('erf has relative error below 3e-7, and its limits', () => {
  const points = [0, 0.1, 0.5, 1, 1.5, 2, -1, minusInf, inf, nan];
  const values = [
    ...[0, 0.1124629160182849, 0.5204998778130465, 0.8427007929497149],
    ...[0.966105146475311, 0.9953222650189527, -0.8427007929497149, -1, 1, nan],
  ];
  // The inputs' own rounding to float32 moves erf(0.1) by 1.5e-9.
  closeTo(erf(tensor(points)), values, tolerance);
  expectUnary(erf, erfSeries, { scale: 2, tolerance });
});

/** 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)), which converges to 1e-14 for |x| ≤ 2. */
function erfSeries(x: number): number {
  let [power, total] = [x, 0];
  for (let n = 0; n < 60; n++) {
    total += power / (2 * n + 1);
    power *= -(x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}
