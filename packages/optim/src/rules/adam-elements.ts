// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import { adamStep, kernels, type UpdateBuffers } from '@tapeloop/core/kernels';
import { type FusedPart, parameterBuffers, updateBuffers } from '../fused.ts';
import { checkFraction, checkPositive } from '../options.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { type Slots, slotOf, type UpdatePart } from '../slots.ts';
import type { AdamNumbers } from './adam.ts';
import { decayUpdate } from './kernel-steps.ts';

/** Adam's numbers with the decay of `adamw`. */
export interface DecayedAdamNumbers extends AdamNumbers {
  /** λ; 0 for `adam`. */
  readonly lambda: number;
}

/** The four options that Adam and its kin share. */
export interface CheckedAdamOptions {
  readonly learningRate: number | Schedule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** @throws ValueError when an option is out of range. */
export function checkAdamOptions(op: string, options: CheckedAdamOptions): void {
  checkRate(op, 'learningRate', options.learningRate);
  checkFraction(op, 'beta1', options.beta1);
  checkFraction(op, 'beta2', options.beta2);
  checkPositive(op, 'epsilon', options.epsilon);
}

interface Moments {
  readonly m: Slots;
  readonly v: Slots;
}

/** Writes `adamwUpdate` of each element of a parameter; its m and v are changed. */
export function fillAdam(
  op: string,
  part: UpdatePart,
  slots: Moments,
  numbers: DecayedAdamNumbers,
): void {
  runAdam(op, part.parameter, updateBuffers(op, part), slots, { ...numbers, lambda: 0 }, 1);
  decayUpdate(op, part, numbers.alpha * numbers.lambda);
}

/** Adds it to the parameter instead. */
export function addAdam(
  op: string,
  part: FusedPart,
  slots: Moments,
  numbers: DecayedAdamNumbers,
): void {
  const { parameter, gradientScale } = part;
  runAdam(op, parameter, parameterBuffers(op, part), slots, numbers, gradientScale);
}

function runAdam(
  op: string,
  parameter: Parameter,
  buffers: UpdateBuffers,
  slots: Moments,
  { alpha, beta1, beta2, epsilon, t, lambda }: DecayedAdamNumbers,
  gradientScale: number,
): void {
  const m = slotOf(op, slots.m, parameter).pointer;
  const v = slotOf(op, slots.v, parameter).pointer;
  adamStep(
    kernels(),
    { ...buffers, m, v },
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
