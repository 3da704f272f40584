// SPDX-License-Identifier: Apache-2.0
import { Parameter, tensor, tidy } from '@tapeloop/core';
import { Optimizer } from '../optimizer.ts';
import type { GradientTransform } from '../transform.ts';

/** One run of a PyTorch optimizer, as `conformance/pytorch/optimizers.py` wrote it. */
export interface GoldenRun {
  readonly name: string;
  readonly rule: string;
  readonly lr: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  /** The learning rate follows the script's warm-up and half cosine. */
  readonly scheduled: boolean;
  /** The parameters after each sampled step. */
  readonly parameters: readonly (readonly number[])[];
}

/** The file. */
export interface GoldenTrajectories {
  readonly steps: number;
  /** Steps, from 1, after which the parameters were written. */
  readonly sampled: readonly number[];
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly runs: readonly GoldenRun[];
}

/** The script's `half_cosine`: warm-up over 20 steps, then half a cosine to 0 at step 200. */
export function rateAtStep({ lr, scheduled }: GoldenRun, step: number): number {
  if (!scheduled) return lr;
  return lr * (step < 20 ? step / 20 : (1 + Math.cos((Math.PI * (step - 20)) / 180)) / 2);
}

/** What the transform makes of the golden's start and gradients, at the sampled steps. */
export function trajectoryOf(
  { start, gradients, sampled }: GoldenTrajectories,
  transform: GradientTransform<unknown>,
): number[] {
  const parameter = tidy(() => new Parameter('x', tensor(start)));
  const optimizer = new Optimizer([parameter], transform);
  const reached = gradients.flatMap((gradient, step) => {
    tidy(() => optimizer.step(new Map([[parameter, tensor(gradient)]])));
    return sampled.includes(step + 1) ? [...parameter.value.data()] : [];
  });
  optimizer.dispose();
  parameter.dispose();
  return reached;
}

/** What a scalar rule makes of them: `update` is given element, gradient and step. */
export function scalarTrajectoryOf(
  { start, gradients, sampled }: GoldenTrajectories,
  update: (element: number, gradient: number, step: number) => number,
): number[] {
  const values = [...start];
  return gradients.flatMap((gradient, step) => {
    gradient.forEach((g, i) => {
      values[i] = (values[i] ?? 0) + update(i, g, step);
    });
    return sampled.includes(step + 1) ? [...values] : [];
  });
}
