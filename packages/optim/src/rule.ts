// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import type { FusedPart } from './fused.ts';
import { rateAt, type Schedule } from './schedules/schedule.ts';
import {
  copySlots,
  emptyUpdates,
  makeSlots,
  type SlotOptions,
  type Slots,
  slotEntries,
  type UpdatePart,
  updatesOf,
} from './slots.ts';
import { type StepRunner, sparseSteps } from './sparse-rule.ts';
import type { GradientTransform, ScalarCell, StateEntries, StepContext } from './transform.ts';

/** What a rule keeps besides the number of its steps: slots and numbers, by the paper's names. */
export type RuleParts = Readonly<Record<string, Slots | ScalarCell>>;

/** What a rule keeps. */
export type RuleState<Parts extends RuleParts> = Parts & {
  /** t: updates made so far, whatever parameters took part. */
  readonly step: ScalarCell;
};

/** Makes what a rule keeps, for the parameters it is given. */
export interface PartsMaker {
  /** One tensor for each parameter. `what` is the part's own name. */
  slots(what: string, options?: SlotOptions): Slots;
  /** A copy of each parameter's value. */
  copies(what: string): Slots;
  number(initial: number): ScalarCell;
}

/** A rule of descent, as `ruleTransform` needs it. */
export interface Rule<Parts extends RuleParts, Numbers> {
  /** What its state and errors are called by. */
  readonly name: string;
  readonly learningRate: number | Schedule;
  parts(make: PartsMaker): Parts;
  /** The numbers of step t, from 1, at learning rate `alpha`. Changes nothing. */
  numbers(alpha: number, t: number, state: RuleState<Parts>): Numbers;
  /** Everything that touches elements: writes one parameter's update and moves its slots on. */
  fill(part: UpdatePart, state: RuleState<Parts>, numbers: Numbers): void;
  /** The same, but adds the update to the parameter at once; there is none to write. */
  addTo?(part: FusedPart, state: RuleState<Parts>, numbers: Numbers): void;
  /**
   * For a rule that leaves rows as they are, and all that it keeps of them, while they have no
   * gradient: the state with `take` of each of its slots, which is the rows that have one. `fill` and
   * `addTo` then get those alone; `fill` must not read the parameter's value.
   */
  rows?(state: RuleState<Parts>, take: (slots: Slots) => Slots): RuleState<Parts>;
  /** Moves the numbers that are kept on, when all parameters are done. */
  advance?(state: RuleState<Parts>, numbers: Numbers): void;
  averages?(state: RuleState<Parts>): Slots;
}

/**
 * The transform of a rule: it keeps what the rule names, counts its steps, reads the learning rate at
 * the step's number from 0, and goes through the parameters. All updates are allocated before the
 * first change.
 */
export function ruleTransform<Parts extends RuleParts, Numbers>(
  rule: Rule<Parts, Numbers>,
): GradientTransform<RuleState<Parts>> {
  const { name, learningRate } = rule;
  const numbersOf = (state: RuleState<Parts>, { learningRateScale }: StepContext): Numbers => {
    const { value } = state.step;
    return rule.numbers(learningRateScale * rateAt(name, learningRate, value), value + 1, state);
  };
  const runStep: StepRunner<RuleState<Parts>, Numbers> = (state, context, work) => {
    const numbers = numbersOf(state, context);
    work(numbers);
    rule.advance?.(state, numbers);
    state.step.value++;
  };
  const transform: GradientTransform<RuleState<Parts>> = {
    init: (parameters) => ({ ...rule.parts(makerFor(name, parameters)), step: { value: 0 } }),
    update: (gradients, state, context) => {
      const parts = emptyUpdates(name, gradients);
      runStep(state, context, (numbers) => {
        for (const part of parts) rule.fill(part, state, numbers);
      });
      return updatesOf(parts);
    },
    entries: (state) => entriesOf(name, state),
  };
  if (rule.averages !== undefined) transform.averages = rule.averages;
  if (rule.rows !== undefined) transform.sparse = sparseSteps(rule, rule.rows, runStep);
  const { addTo } = rule;
  if (addTo === undefined) return transform;
  transform.apply = (gradients, state, context) => {
    const { gradientScale = 1 } = context;
    runStep(state, context, (numbers) => {
      for (const [parameter, gradient] of gradients) {
        const { value } = parameter;
        parameter.update(() =>
          addTo({ parameter, value, gradient, gradientScale }, state, numbers),
        );
      }
    });
  };
  return transform;
}

/** `rule/what/parameter` and `rule/what`. */
export function entriesOf(name: string, parts: RuleParts): StateEntries {
  const tensors = Object.entries(parts).flatMap(([what, part]) =>
    part instanceof Map ? slotEntries(`${name}/${what}`, part) : [],
  );
  const scalars = Object.entries(parts).flatMap(([what, part]): [string, ScalarCell][] =>
    'value' in part ? [[`${name}/${what}`, part]] : [],
  );
  return { tensors: new Map(tensors), scalars: new Map(scalars) };
}

function makerFor(name: string, parameters: readonly Parameter[]): PartsMaker {
  return {
    slots: (what, options) => makeSlots(`${name}/${what}`, parameters, options),
    copies: (what) => copySlots(`${name}/${what}`, parameters),
    number: (initial) => ({ value: initial }),
  };
}
