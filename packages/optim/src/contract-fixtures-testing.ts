// SPDX-License-Identifier: Apache-2.0
import { type Gradients, Parameter, type Tensor, tensor, tidy } from '@tapeloop/core';
import { cosines, sines } from '@tapeloop/core/testing';
import { Optimizer } from './optimizer.ts';
import { warmupCosine } from './schedules/warmup-cosine.ts';
import type { GradientTransform } from './transform.ts';

/** Puts parameters into another order. */
export type Reorder = (parameters: Parameter[]) => Parameter[];

/** Makes the transform under test. */
export type Make = () => GradientTransform<unknown>;

/** A learning rate that changes at every step of the contract. */
export const changingRate = warmupCosine({
  peak: 0.05,
  warmupSteps: 2,
  totalSteps: 30,
  start: 0.01,
});

/** Three parameters of different ranks, one of them empty, all values different. */
export function parametersOf(): Parameter[] {
  return tidy(() => [
    new Parameter('model/kernel', cosines([3, 4], { start: 1 })),
    new Parameter('model/bias', sines([5], { start: 2 })),
    new Parameter('model/scale', tensor(0.5)),
    new Parameter('model/empty', cosines([0, 3])),
  ]);
}

/** Gradients that differ from step to step. */
export function gradientsOf(parameters: readonly Parameter[], step: number): Gradients {
  const trainable = parameters.filter((parameter) => parameter.trainable);
  return new Map(
    trainable.map((parameter) => {
      // By name, so that a parameter gets the same gradient wherever it stands in the list.
      const start = step * 7 + parameter.name.length;
      return [parameter, cosines(parameter.shape, { start, scale: 1 + step / 3 })];
    }),
  );
}

/** Makes the steps `from` up to but without `to`. */
export function run(
  optimizer: Optimizer,
  parameters: readonly Parameter[],
  from: number,
  to: number,
): void {
  for (let step = from; step < to; step++) {
    tidy(() => optimizer.step(gradientsOf(parameters, step)));
  }
}

/** The bits of tensors, as text. */
export function bitsOf(tensors: Iterable<Tensor>): string {
  return [...tensors].map((each) => new Uint32Array(each.data().buffer).join()).join(';');
}

/** The tensors of parameters. */
export const valuesOf = (parameters: readonly Parameter[]) => parameters.map(({ value }) => value);

/** All bits of parameters and state, as text. */
export function everything(optimizer: Optimizer, parameters: readonly Parameter[]): string {
  return tidy(() => {
    const { tensors, scalars } = optimizer.state();
    return [bitsOf(valuesOf(parameters)), bitsOf(tensors.values()), JSON.stringify(scalars)].join();
  });
}

/** Runs `fn` with new parameters and an optimizer of them in some order, and frees both. */
export function withOptimizer<T>(
  make: Make,
  fn: (optimizer: Optimizer, parameters: readonly Parameter[]) => T,
  order: Reorder = (parameters) => parameters,
): T {
  const parameters = parametersOf();
  const optimizer = new Optimizer(order([...parameters]), make());
  try {
    return fn(optimizer, parameters);
  } finally {
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
  }
}

/** @throws Error when a claim does not hold. */
export function check(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`optimizer contract: ${claim}.`);
}

/** The gradient of one parameter. */
export function gradientOf(gradients: Gradients, parameter: Parameter): Tensor {
  const gradient = gradients.get(parameter);
  if (gradient === undefined) throw new Error(`no gradient of ${parameter.name}`);
  return gradient;
}

/** @throws Error unless `fn` throws an error that says `text`. */
export function checkThrows(fn: () => unknown, text: string): void {
  try {
    fn();
  } catch (error) {
    check(error instanceof Error && error.message.includes(text), `${error} must say ${text}`);
    return;
  }
  check(false, `an error that says ${text} must be thrown`);
}
