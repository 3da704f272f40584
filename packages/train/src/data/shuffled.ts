// SPDX-License-Identifier: Apache-2.0
import { type RandomStream, tidy, uniform } from '@tapeloop/core';

/** The items in an order that the stream decides. */
export function shuffled<T>(items: readonly T[], stream: RandomStream): T[] {
  const keys = tidy(() => uniform([items.length], { stream }).data());
  const places = items.map((item, i) => ({ item, key: keys[i] ?? 0 }));
  return places.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Cuts a list into parts of `size`; the last may be shorter. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts = Math.ceil(items.length / size);
  return Array.from({ length: parts }, (_, i) => items.slice(i * size, (i + 1) * size));
}
