// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import { normOf } from '../global-norm.ts';
import { check, checkNotNegative, checkPositive, type ParameterFilter } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, type Slots, slotElements, type UpdatePart } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { factoredVariance, moveFactors, moveSquares } from './adafactor-factors.ts';

/** Options of `adafactor`. */
export interface AdafactorOptions {
  /** α: the largest relative step; it falls as 1/√t. A number, or a function. Default 0.01. */
  readonly learningRate?: number | Schedule;
  /** The power of t that the averages' decay follows: β₂ = 1 − t^decay. Below 0. Default −0.8. */
  readonly beta2Decay?: number;
  /** ε₁: the least root of the average of g². More than 0. Default 2⁻²³. */
  readonly epsilon1?: number;
  /** ε₂: the least size of a parameter that steps are relative to. At least 0. Default 0.001. */
  readonly epsilon2?: number;
  /** d: the largest root mean square of a direction. More than 0. Default 1. */
  readonly clipThreshold?: number;
  /** λ: decoupled weight decay, as a part of the learning rate. At least 0. Default 0. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: all. */
  readonly mask?: ParameterFilter;
}

/**
 * What `adafactor` keeps: averages of g² over rows and columns of the last two dimensions, or whole
 * for parameters of fewer dimensions.
 */
export type AdafactorState = RuleState<{
  readonly rows: Slots;
  readonly columns: Slots;
  readonly v: Slots;
}>;

/** The numbers of one step of `adafactor`. */
export interface AdafactorNumbers {
  readonly alpha: number;
  /** ρ = min(α, 1/√t). */
  readonly rho: number;
  readonly beta2: number;
}

type Fixed = Required<Omit<AdafactorOptions, 'learningRate' | 'mask'>>;

/**
 * Adafactor: Adam's second moment from its row and column averages, so that the state of a matrix is
 * as small as its edges; no first moment; steps relative to the parameter's size.
 *
 * ```
 * β₂ = 1 − t^decay                                  ρ = min(α, 1/√t)
 * R ← β₂ · R + (1 − β₂) · mean over columns of g²   C ← β₂ · C + (1 − β₂) · mean over rows of g²
 * V = R · Cᵀ / max(mean R, ε₁)                      (with fewer than two dimensions V is the average)
 * u = g / max(√V, ε₁)
 * update = −ρ · max(ε₂, RMS(p)) · u / max(1, RMS(u) / d) − α · λ · p
 * ```
 *
 * As `torch.optim.Adafactor`, where ε₁ is a lower bound. The paper and Optax add it to g², which is the
 * same as both vanish. Optax has no `min` in ρ and does not multiply the decay by α. Averages over an
 * empty dimension are not touched.
 *
 * @throws ValueError when an option is out of range.
 * @see Shazeer and Stern 2018, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost",
 *   algorithms 4 and 5.
 */
export function adafactor(options: AdafactorOptions = {}): GradientTransform<AdafactorState> {
  const { learningRate = 0.01, mask = () => true } = options;
  const fixed = withDefaults(options);
  checkOptions(learningRate, fixed);
  const isMatrix = ({ shape }: Parameter) => shape.length > 1;
  return ruleTransform({
    name: 'adafactor',
    learningRate,
    parts: (make) => ({
      rows: make.slots('rows', { shape: (p) => (isMatrix(p) ? p.shape.slice(0, -1) : undefined) }),
      columns: make.slots('columns', {
        shape: (p) => (isMatrix(p) ? [...p.shape.slice(0, -2), ...p.shape.slice(-1)] : undefined),
      }),
      v: make.slots('v', { shape: (p) => (isMatrix(p) ? undefined : p.shape) }),
    }),
    numbers: (alpha, t): AdafactorNumbers => {
      return { alpha, rho: Math.min(alpha, 1 / Math.sqrt(t)), beta2: 1 - t ** fixed.beta2Decay };
    },
    fill: (part, slots, numbers) => {
      if (part.parameter.size === 0) return;
      fillVariance(part, slots, numbers, fixed);
      const weightDecay = mask(part.parameter) ? fixed.weightDecay : 0;
      fillStep(part, numbers, { ...fixed, weightDecay });
    },
  });
}

/** Writes V where the update is to come, and moves the averages on. */
function fillVariance(
  { parameter, gradient, update }: UpdatePart,
  slots: AdafactorState,
  { beta2 }: AdafactorNumbers,
  { epsilon1 }: Fixed,
): void {
  const [out, gs] = [elementsOf('adafactor', update), elementsOf('adafactor', gradient)];
  if (parameter.shape.length < 2) {
    const v = slotElements('adafactor', slots.v, parameter);
    moveSquares(v, gs, beta2);
    out.set(v);
    return;
  }
  const rows = slotElements('adafactor', slots.rows, parameter);
  const columns = slotElements('adafactor', slots.columns, parameter);
  const [height = 0, width = 0] = parameter.shape.slice(-2);
  moveFactors({ rows, columns, height, width }, gs, beta2);
  factoredVariance(out, { rows, columns, height, width }, epsilon1);
}

/** Turns V into the update. */
function fillStep(
  { parameter, gradient, update }: UpdatePart,
  { alpha, rho }: AdafactorNumbers,
  { epsilon1, epsilon2, clipThreshold, weightDecay }: Fixed,
): void {
  const [out, gs] = [elementsOf('adafactor', update), elementsOf('adafactor', gradient)];
  const ps = elementsOf('adafactor', parameter.value);
  const rootSize = Math.sqrt(parameter.size);
  const relative = rho * Math.max(epsilon2, normOf(parameter.value) / rootSize);
  for (let i = 0; i < out.length; i++) {
    out[i] = (gs[i] ?? 0) / Math.max(Math.sqrt(out[i] ?? 0), epsilon1);
  }
  const step = -relative / Math.max(1, normOf(update) / rootSize / clipThreshold);
  const decay = alpha * weightDecay;
  for (let i = 0; i < out.length; i++) out[i] = step * (out[i] ?? 0) - decay * (ps[i] ?? 0);
}

function withDefaults(options: AdafactorOptions): Fixed {
  const { beta2Decay = -0.8, epsilon1 = 2 ** -23, epsilon2 = 1e-3, clipThreshold = 1 } = options;
  const { weightDecay = 0 } = options;
  return { beta2Decay, epsilon1, epsilon2, clipThreshold, weightDecay };
}

function checkOptions(learningRate: number | Schedule, options: Fixed): void {
  const { beta2Decay } = options;
  checkRate('adafactor', 'learningRate', learningRate);
  const falls = beta2Decay < 0 && Number.isFinite(beta2Decay);
  check('adafactor', 'beta2Decay', beta2Decay, falls, 'a finite number below 0');
  checkPositive('adafactor', 'epsilon1', options.epsilon1);
  checkNotNegative('adafactor', 'epsilon2', options.epsilon2);
  checkPositive('adafactor', 'clipThreshold', options.clipThreshold);
  checkNotNegative('adafactor', 'weightDecay', options.weightDecay);
}
