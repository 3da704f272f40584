// SPDX-License-Identifier: Apache-2.0
import { Parameter, type Shape, tensor, tidy } from '@tapeloop/core';
import { Optimizer } from './optimizer.ts';
import type { GradientTransform } from './transform.ts';

/** The start and the gradients of all runs of kind `elements`: `conformance/pytorch/optimizers.json`. */
export interface GoldenInputs {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

/** One run of another library's optimizer, as `conformance/{pytorch,optax}` wrote it. */
export interface GoldenRun {
  readonly rule: string;
  readonly kind: 'elements' | 'matrix';
  /** The learning rate follows the script's warm-up and half cosine. */
  readonly scheduled: boolean;
  /** By the other library's names. */
  readonly options: Readonly<Record<string, number | boolean | string | readonly number[]>>;
  readonly shape?: Shape;
  /** The parameters after each sampled step. */
  readonly parameters: readonly (readonly number[])[];
  readonly averages?: readonly (readonly number[])[];
}

/** A file of runs. */
export interface GoldenRuns {
  /** Steps, from 1, after which the parameters were written. */
  readonly sampled: readonly number[];
  readonly runs: readonly GoldenRun[];
}

/** A run with what it started from. */
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

/** The scripts' `half_cosine`: warm-up over 20 steps, then half a cosine to 0 at step 200. */
export function halfCosineAt(step: number): number {
  return step < 20 ? step / 20 : (1 + Math.cos((Math.PI * (step - 20)) / 180)) / 2;
}

/** Where a run starts and what gradients it is given, by the scripts' formulas. */
export function trajectoryOfRun(
  { kind, shape = [] }: GoldenRun,
  { start, gradients }: GoldenInputs,
  sampled: readonly number[],
): Trajectory {
  if (kind === 'elements') return { start, gradients, shape: [start.length], sampled };
  const elements = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k);
  const gradientAt = (t: number) =>
    elements.map(
      (k) => 10 ** Math.sin(0.11 * t) * Math.cos(0.7 * t * (1 + k / 10) + k + (k * k) / 7),
    );
  return {
    start: elements.map((k) => 0.5 * Math.cos(1 + k + (k * k) / 7)),
    gradients: gradients.map((_, t) => gradientAt(t)),
    shape,
    sampled,
  };
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
