// SPDX-License-Identifier: Apache-2.0
import type { Parameter, Tensor } from '@tapeloop/core';
import { normOf } from './global-norm.ts';

/** The sizes of one parameter and of its gradient or update. */
export interface GradientRow {
  /** The parameter's path. */
  readonly name: string;
  /** `√(Σ g²)`. */
  readonly norm: number;
  /** `√(Σ p²)`. */
  readonly weightNorm: number;
  /** norm / weightNorm; for updates about 1e-3 is healthy. Infinity for weights of 0, NaN for 0/0. */
  readonly ratio: number;
  /** Elements that are exactly 0, as a part of all: dead units, or words that did not come. */
  readonly zeros: number;
}

/**
 * How large each parameter's gradient is, largest first: to see which layer explodes or starves.
 *
 * Of `valueAndGrad`'s gradients it reports gradients; of what `inspect` is given at the end of a
 * chain, updates, whose `ratio` is the update-to-weight ratio.
 *
 * @example
 * chain(adam(), inspect((updates) => console.table(gradientReport(updates))));
 */
export function gradientReport(gradients: ReadonlyMap<Parameter, Tensor>): GradientRow[] {
  const rows = [...gradients].map(([{ name, value }, gradient]) => {
    const [norm, weightNorm] = [normOf(gradient), normOf(value)];
    return { name, norm, weightNorm, ratio: norm / weightNorm, zeros: zerosIn(gradient) };
  });
  return rows.sort((a, b) => b.norm - a.norm);
}

function zerosIn(gradient: Tensor): number {
  const elements = gradient.view();
  let zeros = 0;
  for (const element of elements) if (element === 0) zeros++;
  return elements.length === 0 ? 0 : zeros / elements.length;
}
