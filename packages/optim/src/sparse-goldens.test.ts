// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { concat, gather, init, mul, Parameter, sum, tensor, tidy } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { scalarBound, tensorBound } from './golden-cases-testing.ts';
import { Optimizer } from './optimizer.ts';
import { adagrad, adagradUpdate } from './rules/adagrad.ts';
import { sgd, sgdUpdate } from './rules/sgd.ts';
import { sparseAdam, sparseAdamUpdate } from './rules/sparse-adam.ts';
import type { GradientTransform } from './transform.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

interface GoldenRun {
  readonly rule: string;
  readonly options: Readonly<Record<string, number>>;
  readonly parameters: readonly (readonly number[])[];
}

/** `conformance/pytorch/sparse-optimizers.json`; its script explains the inputs. */
interface Golden {
  readonly steps: number;
  readonly sampled: readonly number[];
  readonly start: readonly number[];
  readonly runs: readonly GoldenRun[];
}

/** One element's step: what it keeps, by name, and what is added to it. */
type ElementUpdate = (
  g: number,
  kept: Readonly<Record<string, number>>,
  t: number,
) => Readonly<Record<string, number>>;

/** A rule of a run: the transform, and its scalar update. */
interface RunRule {
  readonly transform: GradientTransform<unknown>;
  readonly update: ElementUpdate;
}

const path = '../../../conformance/pytorch/sparse-optimizers.json';
const golden: Golden = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const width = 3;

const rules: Readonly<Record<string, (option: (name: string) => number) => RunRule>> = {
  sgd: (option) => ({
    transform: sgd({ learningRate: option('lr') }),
    update: (g) => ({ ...sgdUpdate(g, 0, { alpha: option('lr'), mu: 0, nesterov: false }) }),
  }),
  adagrad: (option) => {
    const rate = (step: number) => option('lr') / (1 + step * option('lr_decay'));
    const initialAccumulator = option('initial_accumulator_value');
    const epsilon = option('eps');
    return {
      transform: adagrad({ learningRate: rate, initialAccumulator, epsilon }),
      update: (g, { s = initialAccumulator }, t) => ({
        ...adagradUpdate(g, s, { alpha: rate(t - 1), epsilon }),
      }),
    };
  },
  sparseAdam: (option) => {
    const betas = { beta1: option('beta1'), beta2: option('beta2'), epsilon: option('eps') };
    return {
      transform: sparseAdam({ learningRate: option('lr'), ...betas }),
      update: (g, { m = 0, v = 0 }, t) => ({
        ...sparseAdamUpdate(g, { m, v }, { alpha: option('lr'), ...betas, t }),
      }),
    };
  },
};

function ruleOf({ rule, options }: GoldenRun): RunRule {
  const make = rules[rule];
  if (make === undefined) throw new Error(`no rule ${rule}`);
  return make((name) => options[name] ?? Number.NaN);
}

/** The batches of step t. */
function batchesOf(t: number): number[][] {
  const places = [0, 1, 2, 3];
  const first = places.map((j) => (t * t + 3 * j * j + j) % 5);
  return t % 2 === 1 ? [first, places.map((j) => (t + j) % 3)] : [first];
}

/** The weights of the elements that step t looks up. */
function weightsOf(t: number): number[] {
  return Array.from(
    { length: width * batchesOf(t).flat().length },
    (_, i) => 10 ** Math.sin(0.11 * t) * Math.cos(0.7 * t + i + (i * i) / 7),
  );
}

/** The loss of step t. */
function lossOf(table: Parameter, t: number) {
  const rows = concat(batchesOf(t).map((ids) => gather(table.value, tensor(ids, [4], 'int32'))));
  return sum(mul(rows, tensor(weightsOf(t), rows.shape)));
}

/** Its gradient in float64, by element, for those of the rows that were looked up. */
function gradientAt(t: number): Map<number, number> {
  const weights = weightsOf(t);
  const gradient = new Map<number, number>();
  batchesOf(t)
    .flat()
    .forEach((row, i) => {
      for (let k = 0; k < width; k++) {
        const element = width * row + k;
        gradient.set(element, (gradient.get(element) ?? 0) + (weights[width * i + k] ?? 0));
      }
    });
  return gradient;
}

test.each(golden.runs)(
  `PyTorch $rule on sparse gradients, $options: 100 steps to ${tensorBound}`,
  (run) => {
    const table = tidy(
      () => new Parameter('table', tensor([...golden.start], [7, width]), { sparseGradient: true }),
    );
    const optimizer = new Optimizer([table], ruleOf(run).transform);
    const reached: number[] = [];
    for (let t = 0; t < golden.steps; t++) {
      optimizer.minimize(() => lossOf(table, t)).value.dispose();
      if (golden.sampled.includes(t + 1)) reached.push(...table.value.data());
    }
    closeTo(reached, run.parameters.flat(), { relative: tensorBound, absolute: tensorBound });
    // The last two rows are never looked up.
    expect(reached.slice(-2 * width)).toEqual(golden.start.slice(-2 * width).map(Math.fround));
    optimizer.dispose();
    table.dispose();
  },
);

test.each(golden.runs)(
  `PyTorch $rule on sparse gradients, $options: the scalar update of looked-up rows, 100 steps to ${scalarBound}`,
  (run) => {
    const { update } = ruleOf(run);
    const values = [...golden.start];
    const kept: Readonly<Record<string, number>>[] = values.map(() => ({}));
    const reached: number[] = [];
    for (let t = 0; t < golden.steps; t++) {
      for (const [i, g] of gradientAt(t)) {
        const next = update(g, kept[i] ?? {}, t + 1);
        kept[i] = next;
        values[i] = (values[i] ?? 0) + (next['update'] ?? Number.NaN);
      }
      if (golden.sampled.includes(t + 1)) reached.push(...values);
    }
    closeTo(reached, run.parameters.flat(), { relative: scalarBound, absolute: scalarBound });
  },
);
