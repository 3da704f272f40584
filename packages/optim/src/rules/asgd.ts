// SPDX-License-Identifier: Apache-2.0
import { kernels, momentumStep } from '@tapeloop/core/kernels';
import { type FusedPart, parameterBuffers } from '../fused.ts';
import { checkNotNegative } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, type Slots, slotElements, slotOf, type UpdatePart } from '../slots.ts';
import type { GradientTransform, ScalarCell } from '../transform.ts';

/** Says when averaging is to start; a `NonMonotonicTrigger` is one. */
export interface AveragingTrigger {
  readonly triggered: boolean;
}

/** Options of `asgd`. */
export interface AsgdOptions {
  /** η₀: a number, or a function of the step. At least 0. Default 0.01. */
  readonly learningRate?: number | Schedule;
  /** λ: decay of the weights, and of the rate. At least 0. Default 0: plain SGD with an average. */
  readonly lambda?: number;
  /** The power of the rate's decay. At least 0. Default 0.75. */
  readonly power?: number;
  /** t₀: the steps that are left out of the average, or what tells when to start. Default 0. */
  readonly start?: number | AveragingTrigger;
}

/** What `asgd` keeps: the averages, and t₀, which is −1 until the trigger has fired. */
export type AsgdState = RuleState<{ readonly average: Slots; readonly start: ScalarCell }>;

/** The numbers of one step of `asgd`. */
export interface AsgdNumbers {
  /** ηₜ. */
  readonly eta: number;
  readonly lambda: number;
  /** μₜ: the part of the way that the average goes towards the parameter. */
  readonly mu: number;
}

/** The numbers, and t₀ as it is from this step on. */
interface StartedNumbers extends AsgdNumbers {
  readonly start: number;
}

/**
 * One element's step: what is added to the parameter `p`, and the average after it.
 *
 * ```
 * update = −η · (g + λ · p)
 * average ← average + μ · (p + update − average)
 * ```
 *
 * @see Polyak and Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging".
 */
export function asgdUpdate(
  p: number,
  g: number,
  average: number,
  { eta, lambda, mu }: AsgdNumbers,
): { readonly average: number; readonly update: number } {
  const update = -eta * (g + lambda * p);
  return { average: average + mu * (p + update - average), update };
}

/**
 * The rate and the weight of the average at step t, from 1.
 *
 * ```
 * ηₜ = η₀ / (1 + λ · η₀ · (t − 1))^power         μₜ = 1 / max(1, t − 1 − t₀)
 * ```
 *
 * As in PyTorch, the mean is over the steps from t₀ + 2 on; until then it is the parameter itself.
 *
 * @param start t₀, or −1 for none yet.
 */
export function asgdNumbers(
  { alpha, t, start }: { readonly alpha: number; readonly t: number; readonly start: number },
  { lambda, power }: { readonly lambda: number; readonly power: number },
): AsgdNumbers {
  const eta = alpha / (1 + lambda * alpha * (t - 1)) ** power;
  return { eta, lambda, mu: start === -1 ? 1 : 1 / Math.max(1, t - 1 - start) };
}

/**
 * Averaged SGD; the equations are `asgdNumbers`' and `asgdUpdate`'s, as in `torch.optim.ASGD`, whose
 * `lambd`, `alpha` and `t0` are `lambda`, `power` and `start`. There is no ε. PyTorch's defaults are
 * λ = 1e-4 and t₀ = 1e6; here λ is 0. Optax has none, but parts to make it of.
 *
 * Training goes on with the parameters themselves; `Optimizer.withAverages` evaluates with the
 * averages. With λ = 0 and a `NonMonotonicTrigger` as `start` this is the NT-ASGD of AWD-LSTM.
 *
 * @throws ValueError when an option is out of range.
 * @see Polyak and Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging"; Merity,
 *   Keskar and Socher 2018, "Regularizing and Optimizing LSTM Language Models", algorithm 1.
 */
export function asgd(options: AsgdOptions = {}): GradientTransform<AsgdState> {
  const { learningRate = 0.01, lambda = 0, power = 0.75, start = 0 } = options;
  checkRate('asgd', 'learningRate', learningRate);
  checkNotNegative('asgd', 'lambda', lambda);
  checkNotNegative('asgd', 'power', power);
  if (typeof start === 'number') checkNotNegative('asgd', 'start', start);
  const startAt = (t: number, { start: kept }: AsgdState) => {
    if (typeof start === 'number') return start;
    return kept.value === -1 && start.triggered ? t - 1 : kept.value;
  };
  return ruleTransform({
    name: 'asgd',
    learningRate,
    parts: (make) => ({
      average: make.copies('average'),
      start: make.number(typeof start === 'number' ? start : -1),
    }),
    numbers: (alpha, t, state): StartedNumbers => {
      const startedAt = startAt(t, state);
      const numbers = asgdNumbers({ alpha, t, start: startedAt }, { lambda, power });
      return { ...numbers, start: startedAt };
    },
    fill,
    addTo,
    advance: (state, numbers) => {
      state.start.value = numbers.start;
    },
    averages: ({ average }) => average,
  });
}

/** Writes `asgdUpdate` of each element; the average is of the parameter as it will be, rounded. */
function fill(
  { parameter, gradient, update }: UpdatePart,
  slots: AsgdState,
  { eta, lambda, mu }: StartedNumbers,
): void {
  const [out, gs] = [elementsOf('asgd', update), elementsOf('asgd', gradient)];
  const ps = elementsOf('asgd', parameter.value);
  const average = slotElements('asgd', slots.average, parameter);
  for (let i = 0; i < out.length; i++) {
    const [p, before] = [ps[i] ?? 0, average[i] ?? 0];
    const change = Math.fround(-eta * ((gs[i] ?? 0) + lambda * p));
    const after = Math.fround(p + change);
    out[i] = change;
    average[i] = mu === 1 ? after : before + mu * (after - before);
  }
}

/** Adds it to the parameter instead. */
function addTo(part: FusedPart, slots: AsgdState, { eta, lambda, mu }: StartedNumbers): void {
  const { parameter, value, gradientScale } = part;
  const buffers = parameterBuffers('asgd', part);
  momentumStep(kernels(), buffers, { learningRate: eta, weightDecay: lambda, gradientScale });
  const average = slotOf('asgd', slots.average, parameter).pointer;
  kernels().axpby(buffers.parameter, average, average, value.size, mu, 1 - mu);
}
