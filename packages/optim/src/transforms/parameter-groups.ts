// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  type Gradient,
  type Parameter,
  type Tensor,
  ValueError,
} from '@tapeloop/core';
import type { ParameterFilter } from '../options.ts';
import { runUpdate } from '../run-transform.ts';
import type { Slots } from '../slots.ts';
import { densified } from '../sparse-gradients.ts';
import type { GradientTransform, ScalarCell, SparseSteps } from '../transform.ts';
import { statelessByRows } from './stateless.ts';

/** Parameters that share a transform. */
export interface ParameterGroup {
  /** What the names of its state begin with, and errors call it. */
  readonly name: string;
  /** Which parameters; those that an earlier group took are out. Default: all that are left. */
  readonly where?: ParameterFilter;
  readonly transform: GradientTransform<unknown>;
}

/** What a group keeps, and whom it is for. */
interface GroupState {
  readonly members: ReadonlySet<Parameter>;
  readonly state: unknown;
}

/** The groups' states, in their order. */
export type ParameterGroupsState = readonly GroupState[];

/**
 * Gives each parameter to the first group whose `where` takes it, and each group its own transform:
 * another learning rate, no decay, another rule, or `freeze()`.
 *
 * A group's transform sees its own gradients only, so a `clipByGlobalNorm` for the whole model comes
 * before the groups in a chain. Its state is named `group/rule/what`.
 *
 * @throws ValueError when two groups have one name; at `init` when no group takes a parameter.
 * @see Optax's `multi_transform`; the parameter groups of PyTorch's optimizers.
 *
 * @example
 * parameterGroups(
 *   { name: 'frozen', where: ({ name }) => name.startsWith('embedding/'), transform: freeze() },
 *   { name: 'plain', where: ({ shape }) => shape.length < 2, transform: adam({ learningRate }) },
 *   { name: 'decayed', transform: adamw({ learningRate, weightDecay: 0.1 }) },
 * );
 */
export function parameterGroups(
  ...groups: readonly ParameterGroup[]
): GradientTransform<ParameterGroupsState> {
  checkNames(groups);
  const sparse: SparseSteps<ParameterGroupsState> = {
    update: (gradients, states, context) => {
      const updates = new Map<Parameter, Gradient>();
      forEachGroup(groups, states, ({ transform }, { members, state }) => {
        const own = new Map([...gradients].filter(([owner]) => members.has(owner)));
        for (const [owner, update] of runUpdate(transform, own, state, context)) {
          updates.set(owner, update);
        }
      });
      return updates;
    },
  };
  const grouped: GradientTransform<ParameterGroupsState> = {
    init: (parameters) => {
      const owners = new Map(
        parameters.map((parameter) => [parameter, ownerOf(parameter, groups)]),
      );
      return groups.map((group) => {
        const members = parameters.filter((parameter) => owners.get(parameter) === group);
        return { members: new Set(members), state: group.transform.init(members) };
      });
    },
    update: (gradients, states, context) => densified(sparse.update(gradients, states, context)),
    sparse,
    entries: (states) => {
      const tensors = new Map<string, Tensor>();
      const scalars = new Map<string, ScalarCell>();
      forEachGroup(groups, states, ({ name, transform }, { state }) => {
        const own = transform.entries(state);
        for (const [entry, tensor] of own.tensors) tensors.set(`${name}/${entry}`, tensor);
        for (const [entry, cell] of own.scalars) scalars.set(`${name}/${entry}`, cell);
      });
      return { tensors, scalars };
    },
  };
  if (groups.some(({ transform }) => transform.averages !== undefined)) {
    grouped.averages = (states) => {
      const all = new Map<Parameter, Tensor>();
      forEachGroup(groups, states, ({ transform }, { state }) => {
        const own: Slots = transform.averages?.(state) ?? new Map();
        for (const [parameter, average] of own) all.set(parameter, average);
      });
      return all;
    };
  }
  return grouped;
}

/** Leaves parameters as they are, to the bit. Setting `trainable` to false saves the gradient too. */
export function freeze(): GradientTransform<null> {
  return statelessByRows(() => new Map());
}

function forEachGroup(
  groups: readonly ParameterGroup[],
  states: ParameterGroupsState,
  fn: (group: ParameterGroup, state: GroupState) => void,
): void {
  groups.forEach((group, i) => {
    const state = states[i];
    if (state !== undefined) fn(group, state);
  });
}

function ownerOf(parameter: Parameter, groups: readonly ParameterGroup[]): ParameterGroup {
  const owner = groups.find(({ where }) => where === undefined || where(parameter));
  if (owner !== undefined) return owner;
  throw new ValueError(
    argumentMessage({
      op: 'parameterGroups',
      argument: `parameter ${parameter.name}`,
      expected: 'in a group',
      received: `none of ${groups.map(({ name }) => name).join(', ')}`,
      hint: 'End with a group without where, or with freeze() as its transform.',
    }),
  );
}

function checkNames(groups: readonly ParameterGroup[]): void {
  const names = groups.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  const expected = 'names that differ';
  throw new ValueError(
    argumentMessage({ op: 'parameterGroups', argument: 'groups', expected, received: twice }),
  );
}
