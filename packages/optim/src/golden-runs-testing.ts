// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { Shape } from '@tapeloop/core';
import type { Trajectory } from './golden-trajectories-testing.ts';
import type { Schedule } from './schedules/schedule.ts';

/** Who made goldens: `conformance/{pytorch,optax,keras}/optimizers.json`. */
export type Library = 'PyTorch' | 'Optax' | 'Keras';

/** The options that every run has. */
export interface RatedOptions {
  readonly learningRate: number | Schedule;
}

/** One run of `conformance/optimizer_runs.py`, by our names of rules and options. */
export interface GoldenRun<Options> {
  readonly rule: string;
  readonly kind: 'elements' | 'matrix';
  readonly schedule: 'constant' | 'halfCosine' | 'inverseTime';
  readonly options: Options & { readonly learningRate: number };
  readonly shape?: Shape;
}

/** What a library made of a run: the values after each sampled step. */
export interface GoldenResult {
  readonly library: Library;
  readonly parameters: readonly (readonly number[])[];
  readonly averages?: readonly (readonly number[])[];
}

/** A run with all that is known of it. */
export interface GoldenCase<Options> {
  readonly run: GoldenRun<Options>;
  readonly trajectory: Trajectory;
  /** α at each step from 0. */
  readonly rate: Schedule;
  readonly results: readonly GoldenResult[];
}

interface GoldenFile<Options> {
  readonly sampled: readonly number[];
  readonly runs: readonly (GoldenRun<Options> & Omit<GoldenResult, 'library'>)[];
}

interface Inputs {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const paths: Readonly<Record<Library, string>> = {
  PyTorch: 'pytorch/optimizers.json',
  Optax: 'optax/optimizers.json',
  Keras: 'keras/optimizers.json',
};
const libraries = ['PyTorch', 'Optax', 'Keras'] as const;

/** The runs of a rule, each once, with what every library made of it. */
export function goldenRuns<Options extends RatedOptions>(rule: string): GoldenCase<Options>[] {
  const inputs = read<Inputs>(paths.PyTorch);
  const cases = new Map<string, GoldenCase<Options> & { readonly results: GoldenResult[] }>();
  for (const library of libraries) {
    const { sampled, runs } = read<GoldenFile<Options>>(paths[library]);
    for (const { parameters, averages, ...run } of runs) {
      if (run.rule !== rule) continue;
      const key = JSON.stringify(run);
      const known = cases.get(key) ?? {
        run,
        trajectory: trajectoryOf(run, inputs, sampled),
        rate: (step: number) => run.options.learningRate * factors[run.schedule](step),
        results: [],
      };
      cases.set(key, known);
      known.results.push({ library, parameters, ...(averages && { averages }) });
    }
  }
  return [...cases.values()];
}

/** The script's SCHEDULES. */
const factors: Readonly<Record<GoldenRun<unknown>['schedule'], Schedule>> = {
  constant: () => 1,
  halfCosine: (t) => (t < 20 ? t / 20 : (1 + Math.cos((Math.PI * (t - 20)) / 180)) / 2),
  inverseTime: (t) => 1 / (1 + 0.01 * t),
};

/** Where a run starts and what gradients it is given, by the script's formulas. */
function trajectoryOf(
  { kind, shape = [] }: GoldenRun<unknown>,
  { start, gradients }: Inputs,
  sampled: readonly number[],
): Trajectory {
  if (kind === 'elements') return { start, gradients, shape: [start.length], sampled };
  const elements = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k);
  const gradientAt = (t: number) =>
    elements.map(
      (k) => 10 ** Math.sin(0.11 * t) * Math.cos(0.7 * t * (1 + k / 10) + k + (k * k) / 7),
    );
  return {
    start: elements.map((k) => 0.5 * Math.cos(1 + k + (k * k) / 7)),
    gradients: gradients.map((_, t) => gradientAt(t)),
    shape,
    sampled,
  };
}

function read<T>(path: string): T {
  const file = new URL(`../../../conformance/${path}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
