// SPDX-License-Identifier: Apache-2.0
import { mul, type Parameter, sum, type Tensor, tensor, tidy, valueAndGrad } from '@tapeloop/core';

/** Options of `checkParameterGrads`. */
export interface CheckParameterGradsOptions {
  /** Half the distance of the two points of a difference. Default 1e-2. */
  readonly step?: number;
  /** Allowed |difference|, relative to 1 + the largest gradient of the parameter. Default 2e-3. */
  readonly tolerance?: number;
}

/**
 * Checks the gradients of a function of parameters against central differences: for
 * `L = Σ w · fn()` with fixed, all different weights `w`, each dL/dθᵢ must equal
 * `(L(θ + hδᵢ) − L(θ − hδᵢ)) / 2h`, where a second difference at half the step removes the error term
 * in h² (Richardson). The parameters have their values back afterwards.
 *
 * @param fn a function of the parameters' values, the same each time. Its first result decides how
 *   many weights there are.
 * @throws Error naming the parameter and element whose gradient is wrong.
 */
export function checkParameterGrads(
  fn: () => Tensor,
  parameters: readonly Parameter[],
  { step = 1e-2, tolerance = 2e-3 }: CheckParameterGradsOptions = {},
): void {
  const computed = tidy(() => {
    const { gradients } = valueAndGrad(() => weighted(fn()), parameters);
    return parameters.map((parameter) => [...(gradients.get(parameter)?.data() ?? [])]);
  });
  parameters.forEach((parameter, p) => {
    const slope = (element: number, h: number) => {
      const above = lossAt(fn, parameter, element, h);
      const below = lossAt(fn, parameter, element, -h);
      return (above.loss - below.loss) / (above.moved - below.moved);
    };
    const expected = Array.from({ length: parameter.size }, (_, element) => {
      return (4 * slope(element, step / 2) - slope(element, step)) / 3;
    });
    const scale = 1 + Math.max(...expected.map(Math.abs));
    expected.forEach((want, element) => {
      const got = computed[p]?.[element] ?? Number.NaN;
      if (Math.abs(got - want) <= tolerance * scale) return;
      throw new Error(
        `checkParameterGrads: gradient of ${parameter.name} at element ${element} is ${got}, but ` +
          `the central difference is ${want}.`,
      );
    });
  });
}

function lossAt(
  fn: () => Tensor,
  parameter: Parameter,
  element: number,
  delta: number,
): { readonly loss: number; readonly moved: number } {
  const original = parameter.value.view()[element] ?? 0;
  const write = (value: number) =>
    parameter.update((elements) => {
      elements[element] = value;
    });
  write(original + delta);
  try {
    const moved = parameter.value.view()[element] ?? 0;
    const values = tidy(() => [...fn().data()]);
    // In float64, so that only `fn` itself rounds.
    return { loss: values.reduce((sum, value, i) => sum + weight(i) * value, 0), moved };
  } finally {
    write(original);
  }
}

function weighted(y: Tensor): Tensor {
  const weights = Array.from({ length: y.size }, (_, i) => weight(i));
  return sum(mul(y, tensor(weights, y.shape)));
}

/** Weights that are all different and none near 0. */
function weight(i: number): number {
  return 1 + 0.5 * Math.cos(i);
}
