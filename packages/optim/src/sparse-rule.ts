// SPDX-License-Identifier: Apache-2.0
import { type Parameter, type SparseGradients, Tensor } from '@tapeloop/core';
import { RowCopies } from './row-copies.ts';
import type { Rule, RuleParts, RuleState } from './rule.ts';
import { slotOf } from './slots.ts';
import { asGradientLike } from './sparse-gradients.ts';
import type { SparseSteps, StepContext } from './transform.ts';

/** Runs the work of one step with the step's numbers, and counts the step. */
export type StepRunner<State, Numbers> = (
  state: State,
  context: StepContext,
  work: (numbers: Numbers) => void,
) => void;

/** What a rule works on for one gradient: all that it keeps of the parameter, or copies of rows. */
interface Workplace<State> {
  readonly parameter: Parameter;
  /** The gradient's values. */
  readonly gradient: Tensor;
  readonly state: State;
  readonly copies?: RowCopies;
}

/**
 * The steps of a rule on gradients of which some are slices: the rule runs on copies of the rows, of
 * the parameter as of all that is kept, and they are put back. So they get the bits that they would
 * get among all the others. All copies are made before the first change.
 */
export function sparseSteps<Parts extends RuleParts, Numbers>(
  rule: Rule<Parts, Numbers>,
  rows: NonNullable<Rule<Parts, Numbers>['rows']>,
  runStep: StepRunner<RuleState<Parts>, Numbers>,
): SparseSteps<RuleState<Parts>> {
  const { name, fill, addTo } = rule;
  const workplaces = (gradients: SparseGradients, state: RuleState<Parts>) =>
    [...gradients].map(([parameter, gradient]): Workplace<RuleState<Parts>> => {
      if (gradient instanceof Tensor) return { parameter, gradient, state };
      const copies = new RowCopies(name, gradient.indices);
      const own = rows(state, (slots) => {
        return new Map([[parameter, copies.take(slotOf(name, slots, parameter))]]);
      });
      return { parameter, gradient: gradient.values, state: own, copies };
    });
  const steps: SparseSteps<RuleState<Parts>> = {
    update: (gradients, state, context) => {
      const parts = workplaces(gradients, state).map((place) => {
        return { ...place, update: Tensor.empty(place.gradient.shape, 'float32', name) };
      });
      runStep(state, context, (numbers) => {
        for (const part of parts) {
          fill(part, part.state, numbers);
          part.copies?.putBack();
        }
      });
      return new Map(
        parts.map(({ parameter, update }) => {
          return [parameter, asGradientLike(gradients.get(parameter), update)];
        }),
      );
    },
  };
  if (addTo === undefined) return steps;
  steps.apply = (gradients, state, context) => {
    const { gradientScale = 1 } = context;
    const parts = workplaces(gradients, state).map((place) => {
      const { value } = place.parameter;
      return { ...place, value: place.copies?.take(value) ?? value, gradientScale };
    });
    runStep(state, context, (numbers) => {
      for (const part of parts) {
        part.parameter.update(() => {
          addTo(part, part.state, numbers);
          part.copies?.putBack();
        });
      }
    });
  };
  return steps;
}
