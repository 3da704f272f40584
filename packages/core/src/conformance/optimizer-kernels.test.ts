// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Kernels } from '../kernels/kernels.ts';
import { adamStep, momentumStep, rmspropStep } from '../kernels/optimizer.ts';
import { createTestHeap, forEachBuild } from '../kernels/testing.ts';

const rules = ['sgd', 'adam', 'adamw', 'rmsprop'];

/** What torch.optim took, by its names. */
interface Options {
  readonly lr: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weight_decay?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  readonly alpha?: number;
  readonly centered?: boolean;
}

interface Run {
  readonly rule: string;
  readonly kind: string;
  readonly scheduled: boolean;
  readonly options: Options;
  readonly parameters: readonly (readonly number[])[];
}

interface Golden {
  readonly sampled: readonly number[];
  readonly runs: readonly Run[];
}

interface Gradients {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const plain: Golden & Gradients = read('optimizers.json');
const others: Golden = read('optimizer-rules.json');
const cases = [plain, others].flatMap(({ sampled, runs }) =>
  runs
    .filter(
      ({ rule, kind, scheduled }) => rules.includes(rule) && kind === 'elements' && !scheduled,
    )
    .map((run): [string, Run, readonly number[]] => {
      return [`${run.rule} ${JSON.stringify(run.options)}`, run, sampled];
    }),
);
const n = plain.start.length;

forEachBuild("PyTorch's update rules in double precision", (build) => {
  test.each(cases)('%s: 200 steps to 2e-5 of the largest', async (_, run, sampled) => {
    const heap = await createTestHeap(build, 1);
    const parameter = heap.output(plain.start);
    const state = [0, 1, 2].map(() => heap.output(new Float32Array(n)));
    const gradient = heap.output(n);
    for (const [step, values] of plain.gradients.entries()) {
      new Float32Array(heap.memory.buffer, gradient, n).set(values);
      update(heap.kernels, run, parameter, gradient, state, step + 1);
      const want = run.parameters[sampled.indexOf(step + 1)];
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
  const { lr: learningRate, momentum = 0, nesterov = false, eps: epsilon = 0 } = options;
  const { alpha: rho = 0, weight_decay: decay = 0, centered } = options;
  const { beta1 = 0, beta2 = 0 } = options;
  const buffers = { parameter, gradient, size: n };
  if (rule.startsWith('adam')) {
    const decays = rule === 'adamw' ? { decoupledDecay: decay } : { weightDecay: decay };
    const numbers = { learningRate, beta1, beta2, epsilon, step, ...decays };
    adamStep(kernels, { ...buffers, m: first, v: second }, numbers);
  } else if (rule === 'rmsprop') {
    const means = {
      square: first,
      mean: centered ? second : 0,
      velocity: momentum > 0 ? third : 0,
    };
    const numbers = { learningRate, rho, epsilon, momentum, weightDecay: decay };
    rmspropStep(kernels, { ...buffers, ...means }, numbers);
  } else {
    const numbers = { learningRate, momentum, nesterov, weightDecay: decay };
    momentumStep(kernels, { ...buffers, velocity: first }, numbers);
  }
}

function read<T>(name: string): T {
  const file = new URL(`../../../../conformance/pytorch/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
