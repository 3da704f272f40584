// SPDX-License-Identifier: Apache-2.0
import { Parameter, type Shape, tensor, tidy } from '@tapeloop/core';
import { Optimizer } from './optimizer.ts';
import type { GradientTransform } from './transform.ts';

/** Gradients to follow from a start, and the steps, from 1, after which to look. */
export interface Trajectory {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly shape: Shape;
  readonly sampled: readonly number[];
}

/** A transform's way along a trajectory. */
export interface Reached {
  readonly parameters: number[];
  /** Empty where the transform keeps none. */
  readonly averages: number[];
}

/** What a transform makes of the gradients, at the sampled steps. */
export function follow(
  { start, gradients, shape, sampled }: Trajectory,
  transform: GradientTransform<unknown>,
): Reached {
  const parameter = tidy(() => new Parameter('x', tensor([...start], shape)));
  const optimizer = new Optimizer([parameter], transform);
  const reached: Reached = { parameters: [], averages: [] };
  gradients.forEach((gradient, step) => {
    tidy(() => optimizer.step(new Map([[parameter, tensor([...gradient], shape)]])));
    if (!sampled.includes(step + 1)) return;
    reached.parameters.push(...parameter.value.data());
    if (transform.averages === undefined) return;
    reached.averages.push(...optimizer.withAverages(() => parameter.value.data()));
  });
  optimizer.dispose();
  parameter.dispose();
  return reached;
}

/** What a scalar rule is given: the element and its gradient at step t, from 1. */
export interface ScalarStep {
  readonly p: number;
  readonly g: number;
  readonly t: number;
}

/** One element's step: what it keeps, and what is added to the element. */
export type ScalarRule<Kept> = (step: ScalarStep, kept: Kept) => Kept & { readonly update: number };

/** What a scalar rule makes of the gradients in float64, at the sampled steps. */
export function followScalar<Kept>(
  { start, gradients, sampled }: Trajectory,
  first: Kept,
  rule: ScalarRule<Kept>,
): number[] {
  const values = [...start];
  const kept = start.map(() => first);
  return gradients.flatMap((gradient, step) => {
    gradient.forEach((g, i) => {
      const p = values[i] ?? 0;
      const next = rule({ p, g, t: step + 1 }, kept[i] ?? first);
      kept[i] = next;
      values[i] = p + next.update;
    });
    return sampled.includes(step + 1) ? [...values] : [];
  });
}
