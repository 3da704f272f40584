// SPDX-License-Identifier: Apache-2.0
import type { Reporter, WriteText } from './reporter.ts';

/**
 * Writes each event as a line of JSON, the numbers to the last digit.
 *
 * JSON has no NaN and no infinity: they become `null`.
 *
 * @see https://jsonlines.org
 */
export function jsonLines(write: WriteText): Reporter {
  return { report: (event) => write(`${JSON.stringify(event)}\n`) };
}
