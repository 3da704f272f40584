// SPDX-License-Identifier: Apache-2.0
import { check, checkWhole } from '../options.ts';
import {
  copySlots,
  elementsOf,
  fillUpdates,
  type Slots,
  slotElements,
  slotEntries,
} from '../slots.ts';
import type { GradientTransform, ScalarCell, Updates } from '../transform.ts';

/** Options of `lookahead`. */
export interface LookaheadOptions {
  /** k: fast steps between two slow ones, at least 1. Default 5. */
  readonly syncPeriod?: number;
  /** α: the part of the way to the fast weights that the slow ones go, in (0, 1]. Default 0.5. */
  readonly slowStepSize?: number;
}

/** What `lookahead` keeps. */
export interface LookaheadState<State> {
  /** The slow weights. */
  readonly slow: Slots;
  readonly step: ScalarCell;
  readonly inner: State;
}

/**
 * Lets `inner` run ahead for k steps, then goes a part of the way and starts again from there.
 *
 * ```
 * p ← p + update of inner                                      each step
 * slow ← slow + α · (p − slow),  p ← slow                      every k steps
 * ```
 *
 * The parameters are the fast weights; `Optimizer.withAverages` evaluates with the slow ones, as the
 * paper does. The state of `inner` is kept at a synchronization. Nothing may come after it in a chain
 * but what leaves the updates as they are.
 *
 * @throws ValueError when an option is out of range.
 * @see Zhang et al. 2019, "Lookahead Optimizer: k steps forward, 1 step back", algorithm 1.
 */
export function lookahead<State>(
  inner: GradientTransform<State>,
  options: LookaheadOptions = {},
): GradientTransform<LookaheadState<State>> {
  const { syncPeriod = 5, slowStepSize = 0.5 } = options;
  checkWhole('lookahead', 'syncPeriod', syncPeriod, 1);
  const right = slowStepSize > 0 && slowStepSize <= 1;
  check('lookahead', 'slowStepSize', slowStepSize, right, 'a number above 0 and at most 1');
  return {
    init: (parameters) => ({
      slow: copySlots('lookahead/slow', parameters),
      step: { value: 0 },
      inner: inner.init(parameters),
    }),
    update: (gradients, { slow, step, inner: innerState }, context) => {
      const updates = inner.update(gradients, innerState, context);
      step.value++;
      if (step.value % syncPeriod !== 0) return updates;
      return synchronize(updates, slow, slowStepSize);
    },
    entries: ({ slow, step, inner: innerState }) => {
      const { tensors, scalars } = inner.entries(innerState);
      return {
        tensors: new Map([...slotEntries('lookahead/slow', slow), ...tensors]),
        scalars: new Map([['lookahead/step', step], ...scalars]),
      };
    },
    averages: ({ slow }) => slow,
  };
}

/** Moves the slow weights on. Returns the updates that take the parameters there. */
function synchronize(updates: Updates, slow: Slots, alpha: number): Updates {
  return fillUpdates('lookahead', updates, (out, us, parameter) => {
    const kept = slotElements('lookahead', slow, parameter);
    const ps = elementsOf('lookahead', parameter.value);
    for (let i = 0; i < out.length; i++) {
      const [p, before] = [ps[i] ?? 0, kept[i] ?? 0];
      const after = before + alpha * (p + (us[i] ?? 0) - before);
      kept[i] = after;
      out[i] = after - p;
    }
  });
}
