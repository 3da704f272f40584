// SPDX-License-Identifier: Apache-2.0
import { closeTo } from '@tapeloop/core/testing';
import {
  follow,
  followScalar,
  type GoldenInputs,
  type GoldenRun,
  type GoldenRuns,
  halfCosineAt,
  type ScalarRule,
  type Trajectory,
  trajectoryOfRun,
} from './golden-trajectories-testing.ts';
import type { ContractCase } from './optimizer-contract-testing.ts';
import type { Schedule } from './schedules/schedule.ts';
import type { GradientTransform } from './transform.ts';

/** How far the tensor path may be from the golden, relative to 1 + the element's size. */
export const tensorBound = 1e-5;
/** The same for the scalar update in float64. */
export const scalarBound = 1e-12;

/** The options of a run, by name. */
export class RunOptions {
  readonly #run: GoldenRun;

  constructor(run: GoldenRun) {
    this.#run = run;
  }

  /** @throws Error when the run has no such number. */
  number(name: string): number {
    const value = this.#run.options[name];
    if (typeof value === 'number') return value;
    throw new Error(`${this.#run.rule}: no number ${name}`);
  }

  /** A number, or 0 where the run has none. */
  optional(name: string): number {
    return name in this.#run.options ? this.number(name) : 0;
  }

  is(name: string): boolean {
    return this.#run.options[name] === true;
  }

  /** A list of numbers, or none. */
  list(name: string): readonly number[] {
    const value = this.#run.options[name];
    return typeof value === 'object' ? value : [];
  }

  /** Whatever the option is. */
  get(name: string): unknown {
    return this.#run.options[name];
  }

  /** The learning rate of the run, at each step from 0. */
  get rate(): Schedule {
    const rate = this.number('lr');
    return (step) => (this.#run.scheduled ? rate * halfCosineAt(step) : rate);
  }

  /** Adam's own. */
  get adam() {
    return {
      beta1: this.number('beta1'),
      beta2: this.number('beta2'),
      epsilon: this.number('eps'),
    };
  }
}

/** Runs to follow. */
export interface GoldenCasesOptions {
  /** Who made the file, for titles. */
  readonly source: string;
  readonly file: GoldenRuns;
  readonly inputs: GoldenInputs;
  readonly rule: string;
  /** The transform of a run. */
  readonly make: (options: RunOptions) => GradientTransform<unknown>;
  /** Follows a run with the scalar update. */
  readonly scalar?: (options: RunOptions, trajectory: Trajectory) => number[];
}

/** A case for each run of a rule: the tensor path, and the scalar update where there is one. */
export function goldenCases(options: GoldenCasesOptions): ContractCase[] {
  const { source, file, inputs, rule, make, scalar } = options;
  const cases = file.runs
    .filter((run) => run.rule === rule)
    .flatMap((run) => {
      const name = `${source} ${rule} ${JSON.stringify({ ...run.options, shape: run.shape })}`;
      const trajectory = trajectoryOfRun(run, inputs, file.sampled);
      const cases: ContractCase[] = [
        {
          title: `${name}: 200 steps to ${tensorBound}`,
          run: () => followsTensors(run, trajectory, make),
        },
      ];
      if (scalar !== undefined) {
        cases.push({
          title: `${name}: the scalar update, 200 steps to ${scalarBound}`,
          run: () =>
            closeTo(scalar(new RunOptions(run), trajectory), run.parameters.flat(), {
              relative: scalarBound,
              absolute: scalarBound,
            }),
        });
      }
      return cases;
    });
  if (cases.length === 0) throw new Error(`${source}: no runs of ${rule}`);
  return cases;
}

/** Follows a run with a rule of one element. */
export function scalarRule<Kept>(
  first: Kept,
  ruleOf: (options: RunOptions) => ScalarRule<Kept>,
): (options: RunOptions, trajectory: Trajectory) => number[] {
  return (options, trajectory) => followScalar(trajectory, first, ruleOf(options));
}

function followsTensors(
  run: GoldenRun,
  trajectory: Trajectory,
  make: GoldenCasesOptions['make'],
): void {
  const { parameters, averages } = follow(trajectory, make(new RunOptions(run)));
  const bound = { relative: tensorBound, absolute: tensorBound };
  closeTo(parameters, run.parameters.flat(), bound);
  if (run.averages !== undefined) closeTo(averages, run.averages.flat(), bound);
}
