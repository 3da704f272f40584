// SPDX-License-Identifier: Apache-2.0
import { adamStep, kernels } from '@tapeloop/core/kernels';
import { checkFraction, checkPositive } from '../options.ts';
import { checkRate } from '../schedules/schedule.ts';
import type { AdamNumbers, AdamOptions, AdamState } from './adam.ts';
import type { KernelOperands } from './kernel-steps.ts';

/** Adam's numbers with the decay of `adamw`. */
export interface DecayedAdamNumbers extends AdamNumbers {
  /** λ; 0 for `adam`. */
  readonly lambda: number;
}

/** @throws ValueError when one of the options that Adam and its kin share is out of range. */
export function checkAdamOptions(op: string, options: Required<AdamOptions>): void {
  checkRate(op, 'learningRate', options.learningRate);
  checkFraction(op, 'beta1', options.beta1);
  checkFraction(op, 'beta2', options.beta2);
  checkPositive(op, 'epsilon', options.epsilon);
}

/** `adamwUpdate` of each element. */
export function runAdamKernel(
  { gradientScale, slot, ...buffers }: KernelOperands,
  { m, v }: AdamState,
  { alpha, beta1, beta2, epsilon, t, lambda }: DecayedAdamNumbers,
): void {
  adamStep(
    kernels(),
    { ...buffers, m: slot(m), v: slot(v) },
    {
      learningRate: alpha,
      beta1,
      beta2,
      epsilon,
      step: t,
      decoupledDecay: lambda,
      gradientScale,
    },
  );
}
