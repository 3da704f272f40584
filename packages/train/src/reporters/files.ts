// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import type { Reporter } from './reporter.ts';
import { tensorBoard } from './tensorboard.ts';

/**
 * Appends every event to a file as it comes: comma-separated values where its name ends in `.csv`,
 * else JSON lines. Makes the folder when it is missing. A line is written whole or, when the process
 * is killed, at most the last one is cut.
 *
 * @throws the system's error when the file cannot be written.
 */
export function logFile(path: string): Reporter {
  mkdirSync(dirname(path), { recursive: true });
  const append = (text: string) => appendFileSync(path, text);
  // A process that was killed may have left a line unfinished.
  append(endsInLine(path) ? '' : '\n');
  if (!path.endsWith('.csv')) return jsonLines(append);
  return csv(append, { header: statSync(path).size === 0 });
}

/**
 * Writes an event file for TensorBoard into a folder, a new one for each run or resume, named as
 * TensorFlow names them.
 *
 * @throws the system's error when the file cannot be written.
 */
export function tensorBoardFile(folder: string): Reporter {
  mkdirSync(folder, { recursive: true });
  const seconds = Math.floor(Date.now() / 1000);
  const path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`);
  return tensorBoard((bytes) => appendFileSync(path, bytes));
}

/** True for a file that is missing, empty, or ends with a line's end. */
function endsInLine(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return true;
  const file = openSync(path, 'r');
  try {
    const last = new Uint8Array(1);
    readSync(file, last, 0, 1, size - 1);
    return last[0] === 0x0a;
  } finally {
    closeSync(file);
  }
}
