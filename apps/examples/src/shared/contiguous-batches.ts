// SPDX-License-Identifier: Apache-2.0

/** Next-token pairs of one stretch of time for every row of the batch. */
export interface TextWindow {
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
export interface BatchSizes {
  /** Rows side by side. */
  readonly batch: number;
  /** Steps in a window. */
  readonly window: number;
}

/**
 * Cuts a text into `batch` rows of equal length that are read side by side, a window at a time. Each
 * row of a window goes on where the same row of the window before ended, so that a recurrent state
 * can be carried from window to window:
 *
 * ```
 * text  a b c d e f g h i j k l m    rows 2, window 3
 *
 *         window 0   window 1
 * row 0   a b c      d e f          targets  b c d   e f g
 * row 1   g h i      j k l                   h i j   k l m
 * ```
 *
 * In one pass every token is predicted exactly once, but the first of the text and fewer than
 * `batch` at its end, which would make rows of different length.
 */
export class ContiguousBatches {
  readonly batch: number;
  readonly window: number;
  /** Steps in one pass over the text. */
  readonly rowLength: number;
  /** Windows in one pass over the text. */
  readonly windowsPerPass: number;
  readonly #ids: Int32Array;

  /** @throws RangeError when the text has too few tokens to give each row one. */
  constructor(ids: Int32Array, { batch, window }: BatchSizes) {
    this.rowLength = Math.floor((ids.length - 1) / batch);
    if (this.rowLength < 1) {
      throw new RangeError(
        `ContiguousBatches: ids must be at least ${batch + 1} for ${batch} rows, ` +
          `got ${ids.length}. Use fewer rows.`,
      );
    }
    this.batch = batch;
    this.window = window;
    this.windowsPerPass = Math.ceil(this.rowLength / window);
    this.#ids = ids;
  }

  /** The window of training step `step`, counted from 0; passes follow each other. */
  at(step: number): TextWindow {
    const { batch, rowLength } = this;
    const start = (step % this.windowsPerPass) * this.window;
    const time = Math.min(this.window, rowLength - start);
    const inputs = new Int32Array(time * batch);
    const targets = new Int32Array(time * batch);
    for (let row = 0; row < batch; row++) {
      const begin = row * rowLength + start;
      for (let t = 0; t < time; t++) {
        inputs[t * batch + row] = this.#ids[begin + t] ?? 0;
        targets[t * batch + row] = this.#ids[begin + t + 1] ?? 0;
      }
    }
    return { time, batch, inputs, targets, isFirst: start === 0 };
  }
}
