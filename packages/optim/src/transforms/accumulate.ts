// SPDX-License-Identifier: Apache-2.0
import { checkWhole } from '../options.ts';
import {
  elementsOf,
  fillUpdates,
  makeSlots,
  type Slots,
  slotElements,
  slotEntries,
} from '../slots.ts';
import type { GradientTransform, ScalarCell, Updates } from '../transform.ts';

/** What `accumulateGradients` keeps. */
export interface AccumulationState<State> {
  /** Sums of the gradients since the last step of the inner transform. */
  readonly sum: Slots;
  /** How many gradients are in the sums. */
  readonly count: ScalarCell;
  readonly inner: State;
}

/**
 * Makes one step of `inner` of every `steps` gradients, with their mean: a batch that is `steps` times
 * as large, in the memory of a small one. In between the parameters stay as they are.
 *
 * Schedules inside count the steps of `inner`. Put what should see each small batch's gradient, such
 * as clipping of outliers, before it in a chain.
 *
 * @param steps gradients for one step, at least 1. Means of equally large batches average to the
 *   large batch's; weigh the losses where they are not.
 * @throws ValueError when `steps` is not a whole number of at least 1.
 * @see Optax's `MultiSteps`.
 */
export function accumulateGradients<State>(
  steps: number,
  inner: GradientTransform<State>,
): GradientTransform<AccumulationState<State>> {
  checkWhole('accumulateGradients', 'steps', steps, 1);
  const transform: GradientTransform<AccumulationState<State>> = {
    init: (parameters) => ({
      sum: makeSlots('accumulate/sum', parameters),
      count: { value: 0 },
      inner: inner.init(parameters),
    }),
    update: (gradients, state, context) => {
      if (state.count.value + 1 < steps) {
        addTo(state.sum, gradients);
        state.count.value++;
        return new Map();
      }
      const updates = inner.update(meanOf(state.sum, gradients, steps), state.inner, context);
      for (const sum of state.sum.values()) sum.view().fill(0);
      state.count.value = 0;
      return updates;
    },
    entries: ({ sum, count, inner: innerState }) => {
      const { tensors, scalars } = inner.entries(innerState);
      return {
        tensors: new Map([...slotEntries('accumulate/sum', sum), ...tensors]),
        scalars: new Map([['accumulate/count', count], ...scalars]),
      };
    },
  };
  if (inner.averages !== undefined) {
    transform.averages = (state) => inner.averages?.(state.inner) ?? new Map();
  }
  return transform;
}

function addTo(sums: Slots, gradients: Updates): void {
  for (const [parameter, gradient] of gradients) {
    const sum = slotElements('accumulateGradients', sums, parameter);
    const gs = elementsOf('accumulateGradients', gradient);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (gs[i] ?? 0);
  }
}

function meanOf(sums: Slots, gradients: Updates, steps: number): Updates {
  return fillUpdates('accumulateGradients', gradients, (mean, gradient, parameter) => {
    const sum = slotElements('accumulateGradients', sums, parameter);
    for (let i = 0; i < mean.length; i++) mean[i] = ((sum[i] ?? 0) + (gradient[i] ?? 0)) / steps;
  });
}
