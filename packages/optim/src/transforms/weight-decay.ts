// SPDX-License-Identifier: Apache-2.0
import { checkNotNegative, type ParameterFilter } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, fillUpdates } from '../slots.ts';
import { densified } from '../sparse-gradients.ts';
import type { GradientTransform } from '../transform.ts';
import { statelessSparse } from './stateless.ts';

/** Options of `weightDecay`. */
export interface WeightDecayOptions {
  /** Which parameters decay. Default: all; most models leave biases and norms out. */
  readonly mask?: ParameterFilter;
}

/** Options of `decoupledWeightDecay`. */
export interface DecoupledWeightDecayOptions extends WeightDecayOptions {
  /** λ: at least 0. */
  readonly weightDecay: number;
  /** α: that of the rule before it. */
  readonly learningRate: number | Schedule;
}

/**
 * Adds the gradient of `½ λ ‖p‖²` where it comes before a rule: L2 regularization, `weight_decay` of
 * most of PyTorch's optimizers.
 *
 * ```
 * ĝ = g + λ · p
 * ```
 *
 * Gradients that the mask leaves out pass as they are; slices of the others are made dense, for every
 * row decays.
 *
 * @param lambda λ, at least 0.
 * @throws ValueError when λ is negative or not finite.
 *
 * @example
 * chain(weightDecay(1e-4, { mask: ({ shape }) => shape.length > 1 }), sgd({ learningRate: 0.1 }));
 */
export function weightDecay(
  lambda: number,
  { mask = () => true }: WeightDecayOptions = {},
): GradientTransform<null> {
  checkNotNegative('weightDecay', 'lambda', lambda);
  return statelessSparse((gradients) => {
    const masked = densified(new Map([...gradients].filter(([parameter]) => mask(parameter))));
    const decayed = fillUpdates('weightDecay', masked, (update, gradient, { value }) => {
      const ps = elementsOf('weightDecay', value);
      for (let i = 0; i < update.length; i++) {
        update[i] = (gradient[i] ?? 0) + lambda * (ps[i] ?? 0);
      }
    });
    return new Map([...gradients, ...decayed]);
  });
}

/**
 * Lets weights decay by themselves where it comes after a rule: AdamW's decay for any rule,
 * `decoupled_weight_decay` of PyTorch's.
 *
 * ```
 * update = u − α · λ · p
 * ```
 *
 * @throws ValueError when an option is out of range.
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
 *
 * @example
 * chain(nadam({ learningRate }), decoupledWeightDecay({ learningRate, weightDecay: 0.01 }));
 */
export function decoupledWeightDecay(
  options: DecoupledWeightDecayOptions,
): GradientTransform<RuleState<Record<never, never>>> {
  const name = 'decoupledWeightDecay';
  const { weightDecay: lambda, learningRate, mask = () => true } = options;
  checkNotNegative(name, 'weightDecay', lambda);
  checkRate(name, 'learningRate', learningRate);
  return ruleTransform({
    name,
    learningRate,
    parts: () => ({}),
    numbers: (alpha) => alpha * lambda,
    fill: ({ parameter, gradient, update }, _state, decay) => {
      const [out, us] = [elementsOf(name, update), elementsOf(name, gradient)];
      const ps = elementsOf(name, parameter.value);
      const own = mask(parameter) ? decay : 0;
      for (let i = 0; i < out.length; i++) out[i] = (us[i] ?? 0) - own * (ps[i] ?? 0);
    },
  });
}
