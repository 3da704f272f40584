// SPDX-License-Identifier: Apache-2.0
import type { StepEvent, ValidationEvent } from '../loop/events.ts';
import type { Reporter, WriteText } from './reporter.ts';

/** The columns, in their order. A field that an event does not have is left empty. */
const columns = [
  'type',
  'step',
  'loss',
  'gradientNorm',
  'learningRate',
  'skipped',
  'tokens',
  'tokensPerSecond',
  'seconds',
  'heapBytes',
  'isBest',
] as const satisfies readonly (keyof StepEvent | keyof ValidationEvent)[];

/** Options of `csv`. */
export interface CsvOptions {
  /** False where the lines go on in a file that has its header. Default true. */
  readonly header?: boolean;
}

/**
 * Writes steps and validations as rows of comma-separated values. No value needs quotes: they are
 * numbers, `true`, `false`, and the kind of the event.
 *
 * @see RFC 4180, whose line ends are `\r\n`; these are `\n`, as programs of today write them.
 */
export function csv(write: WriteText, { header = true }: CsvOptions = {}): Reporter {
  if (header) write(`${columns.join(',')}\n`);
  return {
    report: (event) => {
      if (event.type !== 'step' && event.type !== 'validation') return;
      const fields = new Map<string, unknown>(Object.entries(event));
      write(`${columns.map((column) => fields.get(column) ?? '').join(',')}\n`);
    },
  };
}
