// SPDX-License-Identifier: Apache-2.0
import { modelBytes } from './language-model.ts';
import { markdownTable } from './markdown-table.ts';
import { assumedNetworks } from './networks.ts';
import { jobOf, linkOf, type Parameters } from './parameters.ts';
import { fixedBatchSpeedUp, headline, machines, networks, rowsEach } from './predictions.ts';
import { speedUp } from './step-time.ts';

/** Rows that all machines share in the table of a fixed batch. */
const rowsInAll = 128;

const several = machines.filter((count) => count > 1);

/** What the page says in numbers: where they are from, and what follows. */
export function tables(parameters: Parameters): string {
  return [
    origin(parameters),
    links(parameters),
    compute(parameters),
    'Speed-up over one machine when every machine has a batch of its own (the model, not a measurement), ' +
      'by the number of machines:',
    growingBatch(parameters),
    `Speed-up when ${rowsInAll} rows in all are shared out, hidden ${headline(parameters).model.hidden} ` +
      '(the model, not a measurement; batches below 8 rows lie outside of what was measured):',
    fixedBatch(parameters),
    'Two workers of this machine, through shared memory, measured beside the model:',
    twoWorkers(parameters),
  ].join('\n\n');
}

function origin({ measured: { date, machine, quick } }: Parameters): string {
  const effort = quick ? ' These are of a quick run, with few repetitions.' : '';
  return `Measured on ${date}: ${machine}.${effort}`;
}

function links({ transports }: Parameters): string {
  const measured = transports.map(({ name, link }) => [
    name,
    microseconds(link.latency),
    gigabytes(link.bandwidth),
    `fitted here; typical error ${percent(link.error)}`,
  ]);
  const assumed = assumedNetworks.map(({ name, link, source }) => [
    name,
    microseconds(link.latency),
    gigabytes(link.bandwidth),
    `assumed: ${source}`,
  ]);
  return markdownTable(
    ['link', 'latency, µs', 'bandwidth, GB/s', 'from'],
    [...measured, ...assumed],
  );
}

function compute({ models }: Parameters): string {
  const heads = ['hidden', 'gradients, MB', 'a step, ms', 'and for each row, ms', 'typical error'];
  const rows = models.map(({ hidden, compute: { fixed, perRow, error } }) => [
    String(hidden),
    (modelBytes(hidden) / 1e6).toFixed(1),
    (1000 * fixed).toFixed(1),
    (1000 * perRow).toFixed(2),
    percent(error),
  ]);
  return markdownTable(heads, rows);
}

function growingBatch(parameters: Parameters): string {
  const rows = parameters.models.flatMap((model) =>
    rowsEach.flatMap((rows) =>
      networks(parameters).map(({ name, link }) => [
        name,
        String(model.hidden),
        String(rows),
        ...several.map((ranks) => speedUp(ranks, jobOf(model, rows), link).toFixed(1)),
      ]),
    ),
  );
  return markdownTable(['network', 'hidden', 'rows each', ...several.map(String)], rows);
}

function fixedBatch(parameters: Parameters): string {
  const job = { ...headline(parameters).job, rows: rowsInAll };
  const rows = networks(parameters).map(({ name, link }) => [
    name,
    ...several.map((ranks) => fixedBatchSpeedUp(ranks, job, link).toFixed(1)),
  ]);
  return markdownTable(['network', ...several.map(String)], rows);
}

function twoWorkers(parameters: Parameters): string {
  const { models, twoWorkers } = parameters;
  const link = linkOf(parameters, 'shared memory');
  const rows = twoWorkers.flatMap(({ hidden, rows, speedUp: { median, min, max } }) => {
    const model = models.find((each) => each.hidden === hidden);
    if (model === undefined) return [];
    // Threads sleep while they add: nothing is hidden behind backward.
    const predicted = speedUp(2, { ...jobOf(model, rows), portions: 1 }, link);
    const range = `${min.toFixed(2)} to ${max.toFixed(2)}`;
    return [[String(hidden), String(rows), median.toFixed(2), range, predicted.toFixed(2)]];
  });
  return markdownTable(['hidden', 'rows each', 'measured', 'from … to', 'model'], rows);
}

const microseconds = (seconds: number) => (1e6 * seconds).toPrecision(2);
const gigabytes = (bytes: number) => (bytes / 1e9).toPrecision(2);
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
