// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import type { Summary } from '../harness/statistics.ts';
import type { Link } from './all-reduce-time.ts';
import type { Fitted } from './fit.ts';
import { gradientPortions, modelBytes } from './language-model.ts';
import type { Compute, Job } from './step-time.ts';

/** What the cost model goes by: fitted to measurements of one machine, and kept in the repository. */
export interface Parameters {
  readonly measured: {
    readonly date: string;
    readonly machine: string;
    /** True when few repetitions were made: to see that all works, not how fast. */
    readonly quick: boolean;
  };
  readonly transports: readonly Transport[];
  readonly models: readonly Model[];
  readonly twoWorkers: readonly TwoWorkers[];
}

/** A way for ranks of this machine to reach each other. */
export interface Transport {
  /** As `benchmarks/all-reduce` names it. */
  readonly name: string;
  readonly link: Fitted<Link>;
}

/** A language model of `benchmarks/data-parallel`. */
export interface Model {
  readonly hidden: number;
  readonly window: number;
  readonly compute: Fitted<Compute>;
}

/** Measured: how much more text two workers of this machine read than one. */
export interface TwoWorkers {
  readonly hidden: number;
  readonly rows: number;
  readonly speedUp: Summary;
}

/** The transport that stands for what MPI costs before a message is on the wire. */
export const loopback = 'mpiexec.mpich';

const file = new URL('./parameters.json', import.meta.url);

export function readParameters(): Parameters {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function writeParameters(parameters: Parameters): void {
  writeFileSync(file, `${JSON.stringify(parameters, threeDigits, 2)}\n`);
}

/** @throws RangeError when it was not measured. */
export function linkOf({ transports }: Parameters, name: string): Link {
  const transport = transports.find((each) => each.name === name);
  if (transport !== undefined) return transport.link;
  throw new RangeError(`parameters: transport ${name} must have been measured. Install it.`);
}

/** The job of ranks that train a model with so many rows each. */
export function jobOf({ hidden, compute }: Model, rows: number): Job {
  const bytes = modelBytes(hidden);
  return { compute, rows, bytes, portions: gradientPortions(bytes) };
}

/** Measurements have no more. */
function threeDigits(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(3)) : value;
}
