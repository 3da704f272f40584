// SPDX-License-Identifier: Apache-2.0
import { checkFraction, checkPositive } from '../options.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, type Slots, slotElements, type UpdatePart } from '../slots.ts';
import type { AdamNumbers } from './adam.ts';

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

/** `adamwUpdate` of each element of a parameter; its m and v are changed. */
export function fillAdam(
  op: string,
  { parameter, gradient, update }: UpdatePart,
  slots: { readonly m: Slots; readonly v: Slots },
  { alpha, beta1, beta2, epsilon, t, lambda }: DecayedAdamNumbers,
): void {
  const out = elementsOf(op, update);
  const gs = elementsOf(op, gradient);
  const ps = elementsOf(op, parameter.value);
  const m = slotElements(op, slots.m, parameter);
  const v = slotElements(op, slots.v, parameter);
  const mScale = -alpha / (1 - beta1 ** t);
  const vScale = 1 / (1 - beta2 ** t);
  const decay = alpha * lambda;
  for (let i = 0; i < out.length; i++) {
    const g = gs[i] ?? 0;
    const mNext = beta1 * (m[i] ?? 0) + (1 - beta1) * g;
    const vNext = beta2 * (v[i] ?? 0) + (1 - beta2) * g * g;
    m[i] = mNext;
    v[i] = vNext;
    out[i] = (mScale * mNext) / (Math.sqrt(vNext * vScale) + epsilon) - decay * (ps[i] ?? 0);
  }
}
