// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { checkFraction, checkPositive } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** Options of `adadelta`. */
export interface AdadeltaOptions {
  /** A factor of the paper's step. A number, or a function of the step. Default 1: the paper's. */
  readonly learningRate?: number | Schedule;
  /** ρ: decay of the averages, in [0, 1). Default 0.95 (PyTorch 0.9). */
  readonly rho?: number;
  /** ε, added below both roots. More than 0. Default 1e-6. */
  readonly epsilon?: number;
}

/** What `adadelta` keeps: averages of squared gradients and of squared steps. */
export type AdadeltaState = RuleState<{ readonly squares: Slots; readonly deltas: Slots }>;

/** The averages of one element: E[g²] and E[Δ²]. */
export interface AdadeltaMoments {
  readonly squares: number;
  readonly deltas: number;
}

/** The numbers of one step of `adadelta`. */
export interface AdadeltaNumbers {
  readonly alpha: number;
  readonly rho: number;
  readonly epsilon: number;
}

/**
 * One element's step.
 *
 * ```
 * E[g²] ← ρ · E[g²] + (1 − ρ) · g²
 * Δ = √(E[Δ²] + ε) / √(E[g²] + ε) · g
 * E[Δ²] ← ρ · E[Δ²] + (1 − ρ) · Δ²
 * update = −α · Δ
 * ```
 *
 * @see Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method", algorithm 1.
 */
export function adadeltaUpdate(
  g: number,
  before: AdadeltaMoments,
  { alpha, rho, epsilon }: AdadeltaNumbers,
): AdadeltaMoments & { readonly update: number } {
  const squares = rho * before.squares + (1 - rho) * g ** 2;
  const delta = Math.sqrt((before.deltas + epsilon) / (squares + epsilon)) * g;
  const deltas = rho * before.deltas + (1 - rho) * delta ** 2;
  return { squares, deltas, update: -alpha * delta };
}

/**
 * Adadelta; the equation is `adadeltaUpdate`'s. ε is added below both roots, as in the paper, PyTorch,
 * Keras and Optax.
 *
 * @throws ValueError when an option is out of range.
 * @see Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method", algorithm 1.
 */
export function adadelta(options: AdadeltaOptions = {}): GradientTransform<AdadeltaState> {
  const { learningRate = 1, rho = 0.95, epsilon = 1e-6 } = options;
  checkRate('adadelta', 'learningRate', learningRate);
  checkFraction('adadelta', 'rho', rho);
  checkPositive('adadelta', 'epsilon', epsilon);
  return ruleTransform({
    name: 'adadelta',
    learningRate,
    parts: (make) => ({ squares: make.slots('squares'), deltas: make.slots('deltas') }),
    numbers: (alpha): AdadeltaNumbers => ({ alpha, rho, epsilon }),
    ...kernelSteps('adadelta', runKernel),
  });
}

/** `adadeltaUpdate` of each element. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { squares, deltas }: AdadeltaState,
  { alpha, rho, epsilon }: AdadeltaNumbers,
): void {
  kernels().adadeltaUpdate(
    parameter,
    gradient,
    slot(squares),
    slot(deltas),
    out,
    size,
    alpha,
    rho,
    epsilon,
    gradientScale,
  );
}
