// SPDX-License-Identifier: Apache-2.0

import { type Float32View, float32View } from './views.ts';

/** Addresses and sizes that every optimizer update takes. */
export interface UpdateOperands {
  /** 0 stands for zeros. */
  readonly parameter: number;
  readonly gradient: number;
  readonly out: number;
  readonly n: number;
  readonly gradientScale: number;
  /** Default 0. */
  readonly weightDecay?: number;
}

/**
 * `out = parameter + update`, one element after the other.
 *
 * @param update the update of element i, of `g = gradientScale · gradient + weightDecay · parameter`
 */
export function updateElements(
  memory: WebAssembly.Memory,
  { parameter, gradient, out, n, gradientScale, weightDecay = 0 }: UpdateOperands,
  update: (g: number, i: number, parameter: number) => number,
): void {
  const parameters = viewOrNull(memory, parameter);
  const gradients = float32View(memory, gradient);
  const to = float32View(memory, out);
  for (let i = 0; i < n; i++) {
    const p = parameters?.get(i) ?? 0;
    to.set(i, p + update(gradientScale * gradients.get(i) + weightDecay * p, i, p));
  }
}

/** The elements at an address; null for address 0, which stands for none. */
export function viewOrNull(memory: WebAssembly.Memory, pointer: number): Float32View | null {
  return pointer === 0 ? null : float32View(memory, pointer);
}

/** Moves element i towards `g` by `part` of the way; returns what it is then, unrounded. */
export function moveTowards(average: Float32View, i: number, g: number, part: number): number {
  const before = average.get(i);
  const after = before + part * (g - before);
  average.set(i, after);
  return after;
}

/** `average ← keep · average + add`; returns what it is then, unrounded. */
export function decay(average: Float32View, i: number, keep: number, add: number): number {
  const after = keep * average.get(i) + add;
  average.set(i, after);
  return after;
}
