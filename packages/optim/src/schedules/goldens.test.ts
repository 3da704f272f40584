// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { closeTo } from '@tapeloop/core/testing';
import { describe, expect, test } from 'vitest';
import { cosineDecay, cosineRestarts } from './cosine.ts';
import { cyclic } from './cyclic.ts';
import { exponentialDecay } from './exponential-decay.ts';
import { inverseSquareRoot } from './inverse-square-root.ts';
import { joinSchedules } from './join.ts';
import { oneCycle } from './one-cycle.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import { ReduceOnPlateau } from './reduce-on-plateau.ts';
import { constant, type Schedule } from './schedule.ts';
import { multiStepDecay, stepDecay } from './step-decay.ts';
import { warmup } from './warmup.ts';
import { warmupCosine } from './warmup-cosine.ts';

/** A run of `conformance/{pytorch,optax}/schedules.py`. */
interface Run {
  readonly schedule: string;
  readonly lr: number;
  readonly options: Readonly<Record<string, number | boolean | string | readonly number[]>>;
  readonly values: readonly number[];
  readonly metrics?: readonly number[];
}

const read = (path: string): { readonly runs: readonly Run[] } =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));

/** Reads a run's options. */
function optionsOf({ options }: Run) {
  return {
    number(name: string): number {
      const value = options[name];
      if (typeof value !== 'number') throw new Error(`no number ${name}`);
      return value;
    },
    list(name: string): readonly number[] {
      const value = options[name];
      return typeof value === 'object' ? value : [];
    },
    is: (name: string, value: string | boolean) => options[name] === value,
  };
}

const fromPytorch: Readonly<Record<string, (run: Run) => Schedule>> = {
  stepDecay: (run) => {
    const { number } = optionsOf(run);
    return stepDecay({ initial: run.lr, every: number('step_size'), factor: number('gamma') });
  },
  multiStepDecay: (run) => {
    const { number, list } = optionsOf(run);
    const boundaries = list('milestones');
    return multiStepDecay({ initial: run.lr, boundaries, factor: number('gamma') });
  },
  exponentialDecay: (run) =>
    exponentialDecay({ initial: run.lr, rate: optionsOf(run).number('gamma') }),
  polynomialDecay: (run) => {
    const { number } = optionsOf(run);
    return polynomialDecay({
      initial: run.lr,
      steps: number('total_iters'),
      power: number('power'),
    });
  },
  cosineDecay: (run) => {
    const { number } = optionsOf(run);
    return cosineDecay({ initial: run.lr, steps: number('T_max'), end: number('eta_min') });
  },
  cosineRestarts: (run) => {
    const { number } = optionsOf(run);
    const [period, periodFactor] = [number('T_0'), number('T_mult')];
    return cosineRestarts({ initial: run.lr, period, periodFactor, end: number('eta_min') });
  },
  warmup: (run) => {
    const { number } = optionsOf(run);
    const fall = cosineDecay({ initial: run.lr, steps: number('T_max') });
    return warmup(fall, { steps: number('warmup'), start: run.lr * number('start_factor') });
  },
  inverseSquareRoot: (run) => {
    const { number } = optionsOf(run);
    const warmupSteps = number('warmup');
    return inverseSquareRoot({ peak: 1 / Math.sqrt(number('units') * warmupSteps), warmupSteps });
  },
  joinSchedules: (run) => {
    const { number, list } = optionsOf(run);
    const parts = [
      constant(run.lr),
      exponentialDecay({ initial: run.lr, rate: number('gamma') }),
      stepDecay({ initial: run.lr, every: 7 }),
    ];
    return joinSchedules(parts, list('boundaries'));
  },
  oneCycle: (run) => {
    const { number, is } = optionsOf(run);
    return oneCycle({
      peak: number('max_lr'),
      totalSteps: number('total_steps'),
      warmupFraction: number('pct_start'),
      startDivisor: number('div_factor'),
      endDivisor: number('final_div_factor'),
      anneal: is('anneal_strategy', 'cos') ? 'cosine' : 'linear',
      threePhase: is('three_phase', true),
    });
  },
  cyclic: (run) => {
    const { number, is } = optionsOf(run);
    const mode = is('mode', 'exp_range') ? 'exponential' : undefined;
    return cyclic({
      low: number('base_lr'),
      high: number('max_lr'),
      stepsUp: number('step_size_up'),
      stepsDown: number('step_size_down'),
      mode: mode ?? (is('mode', 'triangular2') ? 'triangular2' : 'triangular'),
      gamma: number('gamma'),
    });
  },
  reduceOnPlateau: (run) => {
    const { number, is } = optionsOf(run);
    const optional = (name: string, fallback: number) =>
      name in run.options ? number(name) : fallback;
    const plateau = new ReduceOnPlateau({
      factor: number('factor'),
      patience: number('patience'),
      threshold: number('threshold'),
      thresholdMode: is('threshold_mode', 'abs') ? 'absolute' : 'relative',
      mode: is('mode', 'max') ? 'max' : 'min',
      cooldown: optional('cooldown', 0),
      minScale: optional('min_lr', 0) / run.lr,
    });
    const scales = (run.metrics ?? []).map((metric) => plateau.observe(metric));
    return (step) => run.lr * (scales[step] ?? Number.NaN);
  },
};

const fromOptax: Readonly<Record<string, (run: Run) => Schedule>> = {
  polynomialDecay: (run) => {
    const { number } = optionsOf(run);
    return polynomialDecay({
      initial: number('init_value'),
      end: number('end_value'),
      power: number('power'),
      steps: number('transition_steps'),
    });
  },
  exponentialDecay: (run) => {
    const { number, is } = optionsOf(run);
    return exponentialDecay({
      initial: number('init_value'),
      steps: number('transition_steps'),
      rate: number('decay_rate'),
      staircase: is('staircase', true),
      end: number('end_value'),
    });
  },
  cosineDecay: (run) => {
    const { number } = optionsOf(run);
    const initial = number('init_value');
    return cosineDecay({ initial, steps: number('decay_steps'), end: initial * number('alpha') });
  },
  warmupCosine: (run) => {
    const { number } = optionsOf(run);
    return warmupCosine({
      start: number('init_value'),
      peak: number('peak_value'),
      warmupSteps: number('warmup_steps'),
      totalSteps: number('decay_steps'),
      end: number('end_value'),
    });
  },
  joinSchedules: (run) => {
    const parts = [
      polynomialDecay({ initial: 0.1, end: 0.5, steps: 10 }),
      constant(0.5),
      cosineDecay({ initial: 0.5, steps: 30, end: 0.05 }),
    ];
    return joinSchedules(parts, optionsOf(run).list('boundaries'));
  },
};

describe.each([
  { source: 'PyTorch', path: 'pytorch/schedules.json', makers: fromPytorch },
  { source: 'Optax', path: 'optax/schedules.json', makers: fromOptax },
])('$source', ({ path, makers }) => {
  const { runs } = read(path);

  test('has runs of each kind', () => {
    expect([...new Set(runs.map(({ schedule }) => schedule))].sort()).toEqual(
      Object.keys(makers).sort(),
    );
  });

  test.each(runs.map((run) => ({ title: `${run.schedule} ${JSON.stringify(run.options)}`, run })))(
    '$title: every step to 1e-12',
    ({ run }) => {
      const schedule = makers[run.schedule]?.(run);
      const values = run.values.map((_, step) => schedule?.(step) ?? Number.NaN);
      closeTo(values, run.values, { relative: 1e-12, absolute: 1e-14 });
    },
  );
});
