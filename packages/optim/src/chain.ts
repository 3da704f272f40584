// SPDX-License-Identifier: Apache-2.0
import type { Gradients, Tensor } from '@tapeloop/core';
import type { GradientTransform, ScalarCell, StateEntries, StepContext } from './transform.ts';

/** Transforms whose states have these types, in order. */
export type TransformsOf<States extends readonly unknown[]> = {
  readonly [Index in keyof States]: GradientTransform<States[Index]>;
};

/**
 * Runs transforms one after the other: each is given what the one before it returned. The state is
 * the tuple of their states.
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
    gradients: Gradients,
    states: readonly unknown[],
    context: StepContext,
  ) =>
    transforms
      .slice(0, count)
      .reduce((updates, transform, i) => transform.update(updates, states[i], context), gradients);
  const chained: GradientTransform<readonly unknown[]> = {
    init: (parameters) => transforms.map((transform) => transform.init(parameters)),
    update: (gradients, states, context) => runFirst(transforms.length, gradients, states, context),
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
    chained.apply = (gradients, states, context) => {
      const scaling = transforms[end - 1];
      if (scaling?.factor === undefined) {
        last.apply?.(runFirst(end, gradients, states, context), states[end], context);
        return;
      }
      const updates = runFirst(end - 1, gradients, states, context);
      const gradientScale = scaling.factor(updates, states[end - 1], context);
      last.apply?.(updates, states[end], { ...context, gradientScale });
    };
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
