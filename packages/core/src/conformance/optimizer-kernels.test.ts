// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Kernels } from '../kernels/kernels.ts';
import { adamStep, momentumStep, rmspropStep } from '../kernels/optimizer.ts';
import { createTestHeap, forEachBuild } from '../kernels/testing.ts';

const rules = ['sgd', 'adam', 'adamw', 'rmsprop'];

/** By the names of `conformance/optimizer_runs.py`. */
interface Options {
  readonly learningRate: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly rho?: number;
  readonly centered?: boolean;
}

interface Run {
  readonly rule: string;
  readonly schedule: string;
  readonly options: Options;
  readonly parameters: readonly (readonly number[])[];
}

interface Golden {
  readonly sampled: readonly number[];
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly runs: readonly Run[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../conformance/pytorch/optimizers.json', import.meta.url), 'utf8'),
);
const cases = golden.runs
  .filter(({ rule, schedule }) => rules.includes(rule) && schedule === 'constant')
  .map((run): [string, Run] => [`${run.rule} ${JSON.stringify(run.options)}`, run]);
const n = golden.start.length;

forEachBuild("PyTorch's update rules in double precision", (build) => {
  test.each(cases)('%s: 200 steps to 2e-5 of the largest', async (_, run) => {
    const heap = await createTestHeap(build, 1);
    const parameter = heap.output(golden.start);
    const state = [0, 1, 2].map(() => heap.output(new Float32Array(n)));
    const gradient = heap.output(n);
    for (const [step, values] of golden.gradients.entries()) {
      new Float32Array(heap.memory.buffer, gradient, n).set(values);
      update(heap.kernels, run, parameter, gradient, state, step + 1);
      const want = run.parameters[golden.sampled.indexOf(step + 1)];
      if (want === undefined) continue;
      const largest = Math.max(1, ...want.map(Math.abs));
      for (const [i, value] of heap.floats(parameter, n).entries()) {
        const error = Math.abs(value - (want[i] ?? Number.NaN));
        if (!(error <= 2e-5 * largest)) {
          expect.fail(`step ${step + 1}: element ${i} is ${value}, must be ${want[i]}`);
        }
      }
    }
  });
});

function update(
  kernels: Kernels,
  { rule, options }: Run,
  parameter: number,
  gradient: number,
  [first = 0, second = 0, third = 0]: readonly number[],
  step: number,
): void {
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  const { beta1 = 0, beta2 = 0, epsilon = 0, rho = 0, centered = false } = options;
  const buffers = { parameter, gradient, size: n };
  if (rule.startsWith('adam')) {
    const decays = rule === 'adamw' ? { decoupledDecay: weightDecay } : { weightDecay };
    const numbers = { learningRate, beta1, beta2, epsilon, step, ...decays };
    adamStep(kernels, { ...buffers, m: first, v: second }, numbers);
  } else if (rule === 'rmsprop') {
    const means = {
      variance: first,
      mean: centered ? second : 0,
      velocity: momentum > 0 ? third : 0,
    };
    const numbers = { learningRate, rho, epsilon, momentum };
    rmspropStep(kernels, { ...buffers, ...means }, numbers);
  } else {
    const numbers = { learningRate, momentum, nesterov, weightDecay };
    momentumStep(kernels, { ...buffers, velocity: first }, numbers);
  }
}
