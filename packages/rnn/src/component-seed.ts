// SPDX-License-Identifier: Apache-2.0
import type { Seed } from '@tapeloop/core';
import { md5 } from './md5.ts';

/** What of a cell is dropped; upstream has no `weight`. */
export type Component = 'input' | 'state' | 'output' | 'weight';

/**
 * The seed of one leaf of one component: the first 32 bits of the MD5 of `<seed><component>_<index>`,
 * without the sign bit.
 *
 * @param index which leaf, counted over the structure.
 * @see TensorFlow's `DropoutWrapper._gen_seed`.
 */
export function componentSeed(seed: number, component: Component, index: number): number {
  const digits = md5(`${seed}${component}_${index}`).slice(0, 8);
  return Number.parseInt(digits, 16) & 0x7fffffff;
}

/** The same of a pair of TensorFlow's seeds: the graph's stays, the op's is the leaf's. */
export function componentSeedOf(seed: Seed, component: Component, index: number): Seed {
  if (typeof seed === 'number') return componentSeed(seed, component, index);
  return { ...seed, opSeed: componentSeed(seed.opSeed, component, index) };
}
