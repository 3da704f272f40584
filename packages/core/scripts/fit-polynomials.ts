// SPDX-License-Identifier: Apache-2.0
// Fits the coefficients of constants/math.ts and prints them with the greatest error of each formula.
//
//   node packages/core/scripts/fit-polynomials.ts
//
// The method is Remez' exchange on a fine grid: solve for coefficients whose weighted errors alternate at as many points
// as there are unknowns plus one, move the points to the extremes of the error, repeat (Cheney 1966, chapter 3). A
// rational P / Q is fitted as P − f · Q ≈ 0 with the weight 1 / Q of the last round (Loeb 1957).

import { erf, normalCdf } from '../src/kernels/reference/erf.ts';

type Curve = (x: number) => number;

const halfLn2 = 0.3475; // A little more than ln(2) / 2: n is rounded in float32.

printSeries('exp', 2, {
  interval: [-halfLn2, halfLn2],
  degree: 4,
  target: (r) =>
    Math.abs(r) < 1e-3 ? 1 / 2 + r / 6 + (r * r) / 24 : (Math.expm1(r) - r) / (r * r),
  weight: (r) => (r * r) / Math.exp(r),
});
printSeries('log', 0, {
  interval: [Math.SQRT1_2 - 1, Math.SQRT2 - 1],
  degree: 7,
  target: (f) =>
    Math.abs(f) < 2e-2
      ? [1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8, 1 / 9, -1 / 10].reduceRight(
          (s, c) => s * f + c,
        )
      : (Math.log1p(f) - f + (f * f) / 2) / f ** 3,
  weight: (f) => (Math.abs(f) < 1e-9 ? f * f : f ** 3 / Math.log1p(f)),
});
printSeries('softplus', 1, {
  interval: [0, 1],
  degree: 8,
  fixed: [1],
  target: logRatio,
  weight: (t) => 1 / logRatio(t),
});
printSeries('erf', 0, {
  interval: [0, 0.8 ** 2],
  degree: 5,
  target: (z) => erfRatio(z) - 1,
  weight: (z) => 1 / erfRatio(z),
});
printRational('mills', {
  interval: [0, 13.2],
  degrees: [4, 5],
  start: 1 / 2,
  target: (a) => normalCdf(-a) * Math.exp((a * a) / 2),
});

function logRatio(t: number): number {
  return t < 1e-8 ? 1 - t / 2 : Math.log1p(t) / t;
}

function erfRatio(z: number): number {
  return z < 1e-12 ? 2 / Math.sqrt(Math.PI) : erf(Math.sqrt(z)) / Math.sqrt(z);
}

interface SeriesFit {
  interval: readonly [number, number];
  degree: number;
  /** The first coefficients, where the formula needs them exact. */
  fixed?: readonly number[];
  target: Curve;
  weight: Curve;
}

/** Fits Σ c_k x^k; coefficients are rounded to float32 one after the other, the rest fitted again. */
function printSeries(
  name: string,
  first: number,
  { interval, degree, fixed = [], target, weight }: SeriesFit,
): void {
  const xs = grid(...interval);
  const coefficients = [...fixed];
  while (coefficients.length <= degree) {
    const known = [...coefficients];
    const powers = Array.from(
      { length: degree + 1 - known.length },
      (_, k) => (x: number) => x ** (known.length + k),
    );
    const [next = 0] = remez(xs, powers, (x) => target(x) - evaluate(known, x), weight);
    coefficients.push(Math.fround(next));
  }
  const error = greatest(xs, (x) => weight(x) * (evaluate(coefficients, x) - target(x)));
  console.log(`${name}: error ${error.toExponential(2)}`);
  for (const [k, value] of coefficients.slice(fixed.length).entries())
    console.log(`  ${name}C${first + k}: ${value},`);
}

interface RationalFit {
  interval: readonly [number, number];
  degrees: readonly [number, number];
  /** P(0), exact; Q(0) is 1. */
  start: number;
  target: Curve;
}

function printRational(
  name: string,
  { interval, degrees: [m, n], start, target }: RationalFit,
): void {
  const xs = grid(...interval);
  const scale = interval[1];
  let [p, q] = [[start], [1]];
  for (let round = 0; round < 30; round++) {
    const last = q;
    const powers: Curve[] = [
      ...Array.from({ length: m }, (_, k) => (x: number) => (x / scale) ** (k + 1)),
      ...Array.from({ length: n }, (_, k) => (x: number) => -target(x) * (x / scale) ** (k + 1)),
    ];
    const weight = (x: number) => 1 / (target(x) * evaluate(last, x / scale));
    const solution = remez(xs, powers, (x) => target(x) - start, weight);
    [p, q] = [
      [start, ...solution.slice(0, m)],
      [1, ...solution.slice(m)],
    ];
  }
  p = p.map((c, k) => c / scale ** k);
  q = q.map((c, k) => c / scale ** k);
  const error = greatest(xs, (x) => evaluate(p, x) / evaluate(q, x) / target(x) - 1);
  console.log(`${name}: error ${error.toExponential(2)}`);
  for (const [k, value] of p.slice(1).entries()) console.log(`  ${name}P${k + 1}: ${value},`);
  for (const [k, value] of q.slice(1).entries()) console.log(`  ${name}Q${k + 1}: ${value},`);
}

/** The coefficients of `functions` that make max |weight · (Σ c·function − target)| over `xs` least. */
function remez(
  xs: readonly number[],
  functions: readonly Curve[],
  target: Curve,
  weight: Curve,
): number[] {
  const n = functions.length;
  let points = Array.from({ length: n + 1 }, (_, i) =>
    Math.round(((1 - Math.cos((Math.PI * i) / n)) / 2) * (xs.length - 1)),
  );
  let coefficients: number[] = [];
  for (let round = 0; round < 60; round++) {
    const at = points.map((point) => xs[point] ?? 0);
    const rows = at.map((x, i) => [
      ...functions.map((f) => f(x)),
      (i % 2 ? -1 : 1) / weight(x),
      target(x),
    ]);
    const solution = solve(rows);
    coefficients = solution.slice(0, n);
    const errors = xs.map(
      (x) =>
        weight(x) *
        (functions.reduce((sum, f, k) => sum + f(x) * (coefficients[k] ?? 0), 0) - target(x)),
    );
    const extremes = alternatingExtremes(errors);
    if (extremes.length < n + 1) break;
    points = longest(extremes, errors, n + 1);
    if (greatest(errors, (e) => e) < Math.abs(solution[n] ?? 0) * 1.0005) break;
  }
  return coefficients;
}

/** The place of the greatest error in each stretch of equal sign. */
function alternatingExtremes(errors: readonly number[]): number[] {
  const extremes: number[] = [];
  let best = 0;
  for (const [i, error] of errors.entries()) {
    const bestError = errors[best] ?? 0;
    if (Math.sign(error) !== Math.sign(bestError)) {
      extremes.push(best);
      best = i;
    } else if (Math.abs(error) > Math.abs(bestError)) {
      best = i;
    }
  }
  return [...extremes, best];
}

/** Drops extremes from the ends, the smaller one first. */
function longest(extremes: readonly number[], errors: readonly number[], count: number): number[] {
  const size = (place: number | undefined) => Math.abs(errors[place ?? 0] ?? 0);
  const kept = [...extremes];
  while (kept.length > count) {
    if (size(kept[0]) < size(kept.at(-1))) kept.shift();
    else kept.pop();
  }
  return kept;
}

/** Solves a linear system given as rows with the right side last, by elimination with pivots. */
function solve(system: readonly (readonly number[])[]): number[] {
  const rows = system.map((row) => [...row]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    rows.push(...rows.splice(i).sort((a, b) => Math.abs(b[i] ?? 0) - Math.abs(a[i] ?? 0)));
    const pivot = rows[i] ?? [];
    for (const row of rows.slice(i + 1)) {
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      for (let j = i; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i] ?? [];
    const known = x.reduce((sum, value, j) => (j > i ? sum + value * (row[j] ?? 0) : sum), 0);
    x[i] = ((row[n] ?? 0) - known) / (row[i] ?? 1);
  }
  return x;
}

function evaluate(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, c) => sum * x + c, 0);
}

function greatest(values: readonly number[], f: Curve): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(f(x))), 0);
}

/** 4001 points, dense towards the ends. */
function grid(low: number, high: number): number[] {
  return Array.from({ length: 4001 }, (_, i) => {
    const t = Math.cos((Math.PI * (i + 0.5)) / 4001);
    return (low + high) / 2 - ((high - low) / 2) * t;
  });
}
