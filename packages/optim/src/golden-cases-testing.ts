// SPDX-License-Identifier: Apache-2.0
import { closeTo } from '@tapeloop/core/testing';
import { type GoldenCase, goldenRuns, type RatedOptions } from './golden-runs-testing.ts';
import { follow, followScalar, type ScalarStep } from './golden-trajectories-testing.ts';
import type { ContractCase } from './optimizer-contract-testing.ts';
import type { GradientTransform } from './transform.ts';

/** How far the tensor path may be from the golden, relative to 1 + the element's size. */
export const tensorBound = 1e-5;
/** The same for the scalar update in float64. */
export const scalarBound = 1e-12;

/** A rule's scalar update in the form in which trajectories are followed. */
export interface ScalarForm<Options, Kept> {
  /** What is kept of an element before the first step. */
  first(options: Options): Kept;
  /** One element's step at learning rate `alpha`. */
  step(
    at: ScalarStep & { readonly alpha: number },
    kept: Kept,
    options: Options,
  ): Kept & { readonly update: number };
}

/** What is held against the goldens. */
export interface GoldenSubject<Options extends RatedOptions, Kept> {
  /** The name of its runs. */
  readonly rule: string;
  /** The transform of a run, whose learning rate is a schedule. */
  make(options: Options): GradientTransform<unknown>;
  /** Present where the update of an element is its alone; such a rule has a fused kernel. */
  readonly scalar?: ScalarForm<Options, Kept>;
}

/** A case for each run: the tensor path, and the scalar update where there is one. */
export function goldenCases<Options extends RatedOptions, Kept>({
  rule,
  make,
  scalar,
}: GoldenSubject<Options, Kept>): ContractCase[] {
  const cases = goldenRuns<Options>(rule);
  if (cases.length === 0) throw new Error(`no golden runs of ${rule}`);
  return cases.flatMap((golden) => {
    const name = nameOf(golden);
    const tensors: ContractCase = {
      title: `${name}, 200 steps to ${tensorBound}`,
      run: () => followsTensors(golden, make({ ...golden.run.options, learningRate: golden.rate })),
    };
    if (scalar === undefined) return [tensors];
    const elements: ContractCase = {
      title: `${name}, the scalar update in 200 steps to ${scalarBound}`,
      run: () => followsScalar(golden, scalar),
    };
    return [tensors, elements];
  });
}

function nameOf<Options>({ run, results }: GoldenCase<Options>): string {
  const { rule, schedule, shape, options } = run;
  const libraries = results.map(({ library }) => library).join(' and ');
  return `${libraries}: ${rule} ${JSON.stringify({ ...options, schedule, shape })}`;
}

function followsTensors<Options>(
  { trajectory, results }: GoldenCase<Options>,
  transform: GradientTransform<unknown>,
): void {
  const reached = follow(trajectory, transform);
  const bound = { relative: tensorBound, absolute: tensorBound };
  for (const { parameters, averages } of results) {
    closeTo(reached.parameters, parameters.flat(), bound);
    if (averages !== undefined) closeTo(reached.averages, averages.flat(), bound);
  }
}

function followsScalar<Options, Kept>(
  { run, rate, trajectory, results }: GoldenCase<Options>,
  { first, step }: ScalarForm<Options, Kept>,
): void {
  const { options } = run;
  const reached = followScalar(trajectory, first(options), (at, kept) => {
    return step({ ...at, alpha: rate(at.t - 1) }, kept, options);
  });
  const bound = { relative: scalarBound, absolute: scalarBound };
  for (const { parameters } of results) closeTo(reached, parameters.flat(), bound);
}
