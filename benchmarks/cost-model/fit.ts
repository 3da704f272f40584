// SPDX-License-Identifier: Apache-2.0
import { allReduceVolume, type Link } from './all-reduce-time.ts';
import type { Compute } from './step-time.ts';

/** Measured: an all-reduce. */
export interface AllReduceSample {
  readonly ranks: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Measured: a training step on one rank. */
export interface StepSample {
  readonly rows: number;
  readonly seconds: number;
}

/** Parameters of a model, and how far it is from what was measured. */
export type Fitted<Model> = Model & {
  /** Root of the mean square of (model − measured) / measured. */
  readonly error: number;
};

/** The link of which `allReduceTime` comes closest to the samples. */
export function fitLink(samples: readonly AllReduceSample[]): Fitted<Link> {
  const { a, b, error } = fitNonNegative(
    samples.map(({ ranks, bytes, seconds }) => {
      const { rounds, share } = allReduceVolume(ranks);
      return { u: rounds, v: share * bytes, y: seconds };
    }),
  );
  return { latency: a, bandwidth: 1 / b, error };
}

/** The compute time that comes closest to the samples. */
export function fitCompute(samples: readonly StepSample[]): Fitted<Compute> {
  const { a, b, error } = fitNonNegative(
    samples.map(({ rows, seconds }) => ({ u: 1, v: rows, y: seconds })),
  );
  return { fixed: a, perRow: b, error };
}

/** An equation `a u + b v = y`. */
interface Equation {
  readonly u: number;
  readonly v: number;
  readonly y: number;
}

interface Solution {
  readonly a: number;
  readonly b: number;
  readonly error: number;
}

/**
 * The a and b, neither below 0, with the least sum of squares of the relative residuals
 * `(a u + b v − y) / y`: relative, because the times differ by a factor of thousands.
 *
 * @throws RangeError when the equations do not determine both.
 */
function fitNonNegative(equations: readonly Equation[]): Solution {
  const scaled = equations.map(({ u, v, y }) => ({ u: u / y, v: v / y }));
  const uu = sum(scaled.map(({ u }) => u * u));
  const uv = sum(scaled.map(({ u, v }) => u * v));
  const vv = sum(scaled.map(({ v }) => v * v));
  const su = sum(scaled.map(({ u }) => u));
  const sv = sum(scaled.map(({ v }) => v));
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-9 * uu * vv)) {
    throw new RangeError('fit: samples must have at least two sizes, got fewer. Measure more.');
  }
  const a = (su * vv - sv * uv) / determinant;
  const b = (sv * uu - su * uv) / determinant;
  // With one of them at its bound, the other alone fits best.
  if (a < 0) return withError(scaled, 0, sv / vv);
  if (b < 0) return withError(scaled, su / uu, 0);
  return withError(scaled, a, b);
}

function withError(scaled: readonly Pick<Equation, 'u' | 'v'>[], a: number, b: number): Solution {
  const squares = scaled.map(({ u, v }) => (a * u + b * v - 1) ** 2);
  return { a, b, error: Math.sqrt(sum(squares) / squares.length) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
