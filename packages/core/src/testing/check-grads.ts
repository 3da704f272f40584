// SPDX-License-Identifier: Apache-2.0
import { tensor, zerosLike } from '../create.ts';
import { tidy } from '../scope.ts';
import { showShape } from '../shape.ts';
import { GradientTape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';

/** Options of `checkGrads`. */
export interface CheckGradsOptions {
  /** Highest derivative to check: 1, or 2 for ops that can be differentiated twice. Default 1. */
  readonly order?: 1 | 2;
  /** Half the distance of the two points of a difference. Default 1e-2: float32 ops round at 1e-7. */
  readonly step?: number;
  /** Allowed |difference|, relative to 1 + the largest gradient. Default 2e-3. */
  readonly tolerance?: number;
}

/**
 * Checks the gradients of a function against central differences: for `L(x) = Σ w · fn(x)` with
 * fixed, all different weights `w`, each dL/dxᵢ must equal `(L(x + hδᵢ) − L(x − hδᵢ)) / 2h`, where a
 * second difference at half the step removes the error term in h² (Richardson). Keep points away
 * from kinks.
 *
 * @param fn a differentiable function of float32 tensors.
 * @param inputs the point.
 * @throws Error naming the input and element whose gradient is wrong.
 */
export function checkGrads(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: CheckGradsOptions = {},
): void {
  const { order = 1, step = 1e-2, tolerance = 2e-3 } = options;
  checkFirstOrder(fn, inputs, step, tolerance);
  if (order === 1) return;
  inputs.forEach((_, i) => {
    const derivative = (...points: Tensor[]) => weightedGradient(fn, points, i);
    checkFirstOrder(derivative, inputs, step, tolerance);
  });
}

function checkFirstOrder(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  step: number,
  tolerance: number,
): void {
  const expected = inputs.map((_, i) => differences(fn, inputs, i, step));
  inputs.forEach((input, i) => {
    const gradient = tidy(() => weightedGradient(fn, inputs, i).data());
    const reference = expected[i] ?? [];
    const scale = 1 + Math.max(0, ...reference.map(Math.abs));
    reference.forEach((value, element) => {
      const got = gradient[element] ?? Number.NaN;
      if (Math.abs(got - value) <= tolerance * scale) return;
      throw new Error(
        `checkGrads: gradient of input ${i} ${showShape(input.shape)} at element ${element} is ` +
          `${got}, but the central difference is ${value}.`,
      );
    });
  });
}

/** d(Σ w · fn)/d(input i), on whatever tape is recording; zeros where `fn` does not depend on it. */
function weightedGradient(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  i: number,
): Tensor {
  return tidy(() => {
    using tape = new GradientTape();
    for (const input of inputs) tape.watch(input);
    const value = tape.record(() => fn(...inputs));
    const point = inputs[i];
    if (point === undefined) throw new Error(`checkGrads: there is no input ${i}.`);
    const options = { outputGradient: weightsLike(value), unconnected: 'null' } as const;
    const [gradient] = tape.gradient(value, [point], options);
    return gradient ?? zerosLike(point);
  });
}

function differences(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  i: number,
  step: number,
): number[] {
  const point = inputs[i];
  if (point === undefined) return [];
  const loss = (element: number, delta: number) =>
    tidy(() => {
      const moved = point.data();
      moved[element] = (moved[element] ?? 0) + delta;
      // The distance really moved, after rounding to float32.
      const exact = (moved[element] ?? 0) - (point.view()[element] ?? 0);
      const points = inputs.map((input, j) => (j === i ? tensor(moved, point.shape) : input));
      return { exact, value: weightedSum(fn(...points)) };
    });
  const slope = (element: number, h: number) => {
    const above = loss(element, h);
    const below = loss(element, -h);
    return (above.value - below.value) / (above.exact - below.exact);
  };
  return Array.from({ length: point.size }, (_, element) => {
    return (4 * slope(element, step / 2) - slope(element, step)) / 3;
  });
}

/** Σ w · y in float64, so that only `fn` itself rounds. */
function weightedSum(y: Tensor): number {
  let total = 0;
  y.view().forEach((value, i) => {
    total += weight(i) * value;
  });
  return total;
}

function weightsLike(y: Tensor): Tensor {
  return tensor(
    Array.from({ length: y.size }, (_, i) => weight(i)),
    y.shape,
  );
}

/** Weights that are all different and none near 0. */
function weight(i: number): number {
  return 1 + 0.5 * Math.cos(i);
}
