// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';
import { checkRank, checkWhole } from '../check.ts';
import type { Batch, BatchSource } from './batch.ts';

const op = 'ContiguousBatches';

/** Next-token pairs of one stretch of time for every row of the batch. */
export interface TextWindow extends Batch {
  /** Number of steps; the last window of a pass may be shorter than the others. */
  readonly time: number;
  readonly batch: number;
  /** Ids `[time, batch]`. */
  readonly inputs: Int32Array<ArrayBuffer>;
  /** For each input the id that follows it, `[time, batch]`. */
  readonly targets: Int32Array<ArrayBuffer>;
  /** True when the rows begin here, so that no state is to be carried in. */
  readonly isFirst: boolean;
}

/** Sizes of a `ContiguousBatches`. */
export interface ContiguousBatchesOptions {
  /** Rows side by side; with more than one rank, those of each. At least 1. */
  readonly batch: number;
  /** Steps in a window. At least 1. */
  readonly window: number;
  /** Which rows these are, where several processes share a text: in [0, ranks). Default 0. */
  readonly rank?: number;
  /** How many processes share it. Default 1. */
  readonly ranks?: number;
}

/**
 * Cuts a text into rows of equal length that are read side by side, a window at a time. Each row of a
 * window goes on where the same row of the window before ended, so that a recurrent state can be
 * carried from window to window:
 *
 * ```
 * text  a b c d e f g h i j k l m    batch 2, window 3
 *
 *         window 0   window 1
 * row 0   a b c      d e f          targets  b c d   e f g
 * row 1   g h i      j k l                   h i j   k l m
 * ```
 *
 * In one pass every token is predicted exactly once, but the first of the text and fewer than there
 * are rows at its end, which would make rows of different length.
 *
 * The text is cut into `batch * ranks` rows; rank r reads those from `r * batch` on. Together the ranks
 * read what one with all the rows would.
 */
export class ContiguousBatches implements BatchSource<TextWindow> {
  readonly batch: number;
  readonly window: number;
  /** Steps in one pass over the text. */
  readonly rowLength: number;
  readonly batchesPerPass: number;
  readonly #ids: Int32Array;
  readonly #firstRow: number;

  /**
   * @param ids the tokens of the text.
   * @throws ValueError when an option is out of range, or the text has too few tokens to give each
   *   row one.
   */
  constructor(ids: Int32Array, { batch, window, rank = 0, ranks = 1 }: ContiguousBatchesOptions) {
    checkWhole(op, 'batch', batch);
    checkWhole(op, 'window', window);
    checkRank(op, rank, ranks);
    const rows = batch * ranks;
    checkLength(ids.length, rows);
    this.rowLength = Math.floor((ids.length - 1) / rows);
    this.batch = batch;
    this.window = window;
    this.batchesPerPass = Math.ceil(this.rowLength / window);
    this.#ids = ids;
    this.#firstRow = rank * batch;
  }

  /** Tokens that one pass predicts. */
  get tokensPerPass(): number {
    return this.batch * this.rowLength;
  }

  at(step: number): TextWindow {
    const { batch, rowLength } = this;
    const start = (step % this.batchesPerPass) * this.window;
    const time = Math.min(this.window, rowLength - start);
    const inputs = new Int32Array(time * batch);
    const targets = new Int32Array(time * batch);
    for (let row = 0; row < batch; row++) {
      const begin = (this.#firstRow + row) * rowLength + start;
      for (let t = 0; t < time; t++) {
        inputs[t * batch + row] = this.#ids[begin + t] ?? 0;
        targets[t * batch + row] = this.#ids[begin + t + 1] ?? 0;
      }
    }
    return { time, batch, inputs, targets, tokens: time * batch, isFirst: start === 0 };
  }
}

function checkLength(received: number, rows: number): void {
  if (received > rows) return;
  const expected = `at least ${rows + 1} for ${rows} rows`;
  const hint = 'Use fewer rows.';
  throw new ValueError(argumentMessage({ op, argument: 'ids', expected, received, hint }));
}
