// SPDX-License-Identifier: Apache-2.0

/** Items to learn from, and others to see how well that went. */
export interface Split<T> {
  readonly training: readonly T[];
  readonly heldOut: readonly T[];
}

/** Keeps the last of each `every` items from training, so that they come from all over a list. */
export function holdOut<T>(items: readonly T[], every: number): Split<T> {
  const isHeldOut = (_: T, i: number) => i % every === every - 1;
  return {
    training: items.filter((item, i) => !isHeldOut(item, i)),
    heldOut: items.filter(isHeldOut),
  };
}
