// SPDX-License-Identifier: Apache-2.0
import { keep, type Parameter, tidy, ValueError, withPath } from '@tapeloop/core';
import type { Slots } from './slots.ts';
import type { GradientTransform } from './transform.ts';

/** A transform's first state, which outlives every scope. Nothing is left when `init` throws. */
export function makeState<State>(
  transform: GradientTransform<State>,
  parameters: readonly Parameter[],
): State {
  return tidy(() => {
    const state = withPath('optimizer', () => transform.init(parameters));
    for (const tensor of transform.entries(state).tensors.values()) keep(tensor);
    return state;
  });
}

/** Runs `fn` while the parameters have other values; they get their own back, to the bit. */
export function withValues<T>(values: Slots, fn: () => T): T {
  const own = [...values.keys()].map((parameter) => {
    return { parameter, elements: parameter.value.data() };
  });
  try {
    for (const [parameter, value] of values) parameter.assign(value);
    return fn();
  } finally {
    for (const { parameter, elements } of own) parameter.update((to) => to.set(elements));
  }
}

/** @throws ValueError when two parameters have the same name. */
export function checkNames(op: string, parameters: Iterable<Parameter>): void {
  const names = new Set<string>();
  for (const { name } of parameters) {
    if (names.has(name)) {
      throw new ValueError(
        `${op}: parameters must have names that differ, got ${JSON.stringify(name)} twice: ` +
          'checkpoints go by them. Name the layers differently, or call them inside one model.',
      );
    }
    names.add(name);
  }
}
