// SPDX-License-Identifier: Apache-2.0
import { check, checkFraction } from '../options.ts';
import { entriesOf, type RuleState } from '../rule.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { copySlots, elementsOf, type Slots, slotElements } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';

/** Options of `averageParameters`. */
export interface AverageParametersOptions {
  /**
   * d: how much of the average stays, in [0, 1), or a function of the step, whose values may reach 1.
   * Default 0.999. `(s) => Math.min(0.999, (1 + s) / (10 + s))` forgets the start sooner, as
   * TensorFlow's; `(s) => s / (s + 1)` is the mean of all steps.
   */
  readonly decay?: number | Schedule;
}

/** What `averageParameters` keeps. */
export type AverageState = RuleState<{ readonly average: Slots }>;

/**
 * Keeps an exponential moving average (EMA) of the parameters, to evaluate with:
 * `Optimizer.withAverages`. It changes nothing of the training. Comes last in a chain, for it takes
 * what it is given for what will be added.
 *
 * ```
 * average ← d · average + (1 − d) · (p + update)        the first step: average ← p + update
 * ```
 *
 * @throws ValueError when `decay` is out of range.
 * @see PyTorch's `AveragedModel` with `get_ema_multi_avg_fn`, which starts with a copy too.
 */
export function averageParameters(
  options: AverageParametersOptions = {},
): GradientTransform<AverageState> {
  const { decay = 0.999 } = options;
  if (typeof decay === 'number') checkFraction('averageParameters', 'decay', decay);
  return {
    init: (parameters) => ({
      average: copySlots('ema/average', parameters),
      step: { value: 0 },
    }),
    update: (updates, { average, step }) => {
      const d = step.value === 0 ? 0 : decayAt(decay, step.value);
      for (const [parameter, update] of updates) {
        const kept = slotElements('averageParameters', average, parameter);
        const us = elementsOf('averageParameters', update);
        const ps = elementsOf('averageParameters', parameter.value);
        for (let i = 0; i < kept.length; i++) {
          const after = Math.fround((ps[i] ?? 0) + (us[i] ?? 0));
          kept[i] = d * (kept[i] ?? 0) + (1 - d) * after;
        }
      }
      step.value++;
      return updates;
    },
    entries: (state) => entriesOf('ema', state),
    averages: ({ average }) => average,
  };
}

function decayAt(decay: number | Schedule, step: number): number {
  if (typeof decay === 'number') return decay;
  const value = decay(step);
  const right = value >= 0 && value <= 1;
  check('averageParameters', `decay(${step})`, value, right, 'a number from 0 to 1');
  return value;
}
