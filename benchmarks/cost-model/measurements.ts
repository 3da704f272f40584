// SPDX-License-Identifier: Apache-2.0
import { describeMachine } from '../harness/machine.ts';
import type { Results } from '../harness/results.ts';
import type { Summary } from '../harness/statistics.ts';
import { fitCompute, fitLink } from './fit.ts';
import type { Model, Parameters, Transport, TwoWorkers } from './parameters.ts';

/** What a benchmark left behind. */
export interface Measured<Row extends object> extends Results {
  readonly date: string;
  readonly options: { readonly quick: boolean };
  readonly rows: readonly Row[];
}

/** A row of `benchmarks/all-reduce`; milliseconds. */
export interface AllReduceRow {
  readonly name: string;
  readonly ranks: number;
  readonly bytes: number;
  readonly allReduce: Summary;
}

/** A row of `benchmarks/data-parallel`; milliseconds of a step with one worker. */
export interface StepRow {
  readonly sizes: { readonly hidden: number; readonly batch: number; readonly window: number };
  readonly one: Summary;
  readonly speedup: Summary;
}

/**
 * The parameters that come closest to what was measured.
 *
 * @throws RangeError when no model was measured with several batches.
 */
export function fitMeasurements(
  allReduce: Measured<AllReduceRow>,
  steps: Measured<StepRow>,
): Parameters {
  return {
    measured: {
      date: steps.date.slice(0, 10),
      machine: describeMachine(steps.machine),
      quick: allReduce.options.quick || steps.options.quick,
    },
    transports: groups(allReduce.rows, ({ name }) => name).map(transport),
    models: models(steps.rows),
    twoWorkers: steps.rows.map(twoWorkers),
  };
}

/** Bytes of the longest arrays that are looked at: a bucket of the models here has fewer. */
const longest = 16 * 2 ** 20;

/** Rows that have the same key, at least one each. */
type Group<Row> = readonly [Row, ...Row[]];

function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Group<Row>[] {
  const byKey = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const same = byKey.get(keyOf(row));
    if (same === undefined) byKey.set(keyOf(row), [row]);
    else same.push(row);
  }
  return [...byKey.values()];
}

function transport(rows: Group<AllReduceRow>): Transport {
  const samples = rows
    .filter(({ bytes }) => bytes <= longest)
    .map(({ ranks, bytes, allReduce }) => {
      return { ranks, bytes, seconds: allReduce.median / 1000 };
    });
  return { name: rows[0].name, link: fitLink(samples) };
}

/** Those that were measured with several batches, which a line can go through. */
function models(rows: readonly StepRow[]): Model[] {
  const fitted = groups(rows, ({ sizes }) => `${sizes.hidden}x${sizes.window}`)
    .filter((same) => same.length > 1)
    .map(model);
  if (fitted.length > 0) return fitted;
  throw new RangeError(
    'fit: steps must be measured with several batches of a model, got one of each. Run ' +
      'benchmarks/cost-model/refresh.ts.',
  );
}

function model(rows: Group<StepRow>): Model {
  const { hidden, window } = rows[0].sizes;
  const samples = rows.map(({ sizes, one }) => {
    return { rows: sizes.batch, seconds: one.median / 1000 };
  });
  return { hidden, window, compute: fitCompute(samples) };
}

function twoWorkers({ sizes, speedup }: StepRow): TwoWorkers {
  return { hidden: sizes.hidden, rows: sizes.batch, speedUp: speedup };
}
