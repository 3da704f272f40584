// SPDX-License-Identifier: Apache-2.0
import type { SparseGradients, Tensor } from '@tapeloop/core';
import { runApply, runUpdate } from './run-transform.ts';
import { scaledGradients } from './scaled-gradients.ts';
import { densified } from './sparse-gradients.ts';
import type {
  GradientTransform,
  ScalarCell,
  SparseSteps,
  StateEntries,
  StepContext,
} from './transform.ts';

/** Transforms whose states have these types, in order. */
export type TransformsOf<States extends readonly unknown[]> = {
  readonly [Index in keyof States]: GradientTransform<States[Index]>;
};

/**
 * Runs transforms one after the other: each is given what the one before it returned. The state is
 * the tuple of their states.
 *
 * Slices go through it as slices up to the first part that cannot work on them.
 *
 * When two parts would use the same name for an entry, as two `adam`s would, the names of the later
 * one start with its position: `1/adam/step`.
 *
 * @example
 * const transform = chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }));
 */
export function chain<States extends readonly unknown[]>(
  ...transforms: TransformsOf<States>
): GradientTransform<States>;
export function chain(
  ...transforms: readonly GradientTransform<unknown>[]
): GradientTransform<readonly unknown[]> {
  const runFirst = (
    count: number,
    gradients: SparseGradients,
    states: readonly unknown[],
    context: StepContext,
  ) =>
    transforms
      .slice(0, count)
      .reduce((updates, part, i) => runUpdate(part, updates, states[i], context), gradients);
  const sparse: SparseSteps<readonly unknown[]> = {
    update: (gradients, states, context) => runFirst(transforms.length, gradients, states, context),
  };
  const chained: GradientTransform<readonly unknown[]> = {
    init: (parameters) => transforms.map((transform) => transform.init(parameters)),
    update: (gradients, states, context) => densified(sparse.update(gradients, states, context)),
    sparse,
    entries: (states) => merge(transforms.map((transform, i) => transform.entries(states[i]))),
  };
  const position = transforms.findLastIndex(({ averages }) => averages !== undefined);
  const averaging = transforms[position];
  if (averaging !== undefined) {
    chained.averages = (states) => averaging.averages?.(states[position]) ?? new Map();
  }
  const end = transforms.length - 1;
  const last = transforms[end];
  if (last?.apply !== undefined) {
    sparse.apply = (incoming, states, context) => {
      const scaling = transforms[end - 1];
      if (scaling === undefined) {
        runApply(last, incoming, states[end], context);
        return;
      }
      const { gradientScale: outer = 1, ...own } = context;
      const gradients = scaledGradients('chain', incoming, outer);
      if (scaling.factor === undefined) {
        runApply(last, runFirst(end, gradients, states, own), states[end], own);
        return;
      }
      const updates = runFirst(end - 1, gradients, states, own);
      const gradientScale = scaling.factor(updates, states[end - 1], own);
      runApply(last, updates, states[end], { ...own, gradientScale });
    };
    chained.apply = sparse.apply;
  }
  return chained;
}

function merge(parts: readonly StateEntries[]): StateEntries {
  const tensors = new Map<string, Tensor>();
  const scalars = new Map<string, ScalarCell>();
  parts.forEach((part, position) => {
    const names = [...part.tensors.keys(), ...part.scalars.keys()];
    const taken = names.some((name) => tensors.has(name) || scalars.has(name));
    const prefix = taken ? `${position}/` : '';
    for (const [name, tensor] of part.tensors) tensors.set(prefix + name, tensor);
    for (const [name, scalar] of part.scalars) scalars.set(prefix + name, scalar);
  });
  return { tensors, scalars };
}
