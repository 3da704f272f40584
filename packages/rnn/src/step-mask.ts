// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  ShapeError,
  sameShape,
  showShape,
  Tensor,
  tensor,
  ValueError,
  where,
} from '@tapeloop/core';
import { zipLeaves } from './nest.ts';

/** Every row takes part in a step. */
export const ALL = 'all';

/** Which rows take part in a step: all, or those with a 1. */
export type ActiveRows = typeof ALL | Uint8Array<ArrayBuffer>;

/** Which rows of a batch take part in each step of a sequence. */
export class StepMask {
  readonly #steps: readonly ActiveRows[];

  /** @param isActive whether a row takes part in a step. */
  constructor(batch: number, time: number, isActive: (row: number, step: number) => boolean) {
    this.#steps = Array.from({ length: time }, (_, step) => {
      const rows = Uint8Array.from({ length: batch }, (_, row) => Number(isActive(row, step)));
      return rows.includes(0) ? rows : ALL;
    });
  }

  /**
   * From a mask with true where a row takes part.
   *
   * @param mask `bool`, `[batch, time]`, or `[time, batch]` with `timeMajor`.
   * @throws ShapeError when its shape differs, TypeError when it is no `bool` tensor.
   */
  static ofMask(mask: Tensor, batch: number, time: number, timeMajor: boolean): StepMask {
    if (!(mask instanceof Tensor) || mask.dtype !== 'bool') {
      const received = mask instanceof Tensor ? mask.dtype : mask;
      const expected = 'a tensor of dtype bool';
      throw new TypeError(argumentMessage({ op: 'RNN', argument: 'mask', expected, received }));
    }
    const shape = timeMajor ? [time, batch] : [batch, time];
    if (!sameShape(mask.shape, shape)) {
      const expected = `of shape ${showShape(shape)}`;
      const received = showShape(mask.shape);
      throw new ShapeError(argumentMessage({ op: 'RNN', argument: 'mask', expected, received }));
    }
    const flags = mask.data();
    const [rowStride, stepStride] = timeMajor ? [1, batch] : [time, 1];
    return new StepMask(
      batch,
      time,
      (row, step) => flags[row * rowStride + step * stepStride] === 1,
    );
  }

  /**
   * From the number of steps of each row, at its start.
   *
   * @throws ValueError when there is not one for each row, each a whole number in [0, time].
   */
  static ofLengths(lengths: Tensor | readonly number[], batch: number, time: number): StepMask {
    const list = lengths instanceof Tensor ? [...lengths.data()] : lengths;
    const isValid = list.every((each) => Number.isInteger(each) && each >= 0 && each <= time);
    if (!isValid || list.length !== batch) {
      const expected = `${batch} whole numbers in [0, ${time}], one for each row`;
      throw new ValueError(
        argumentMessage({ op: 'RNN', argument: 'sequenceLengths', expected, received: list }),
      );
    }
    return new StepMask(batch, time, (row, step) => step < (list[row] ?? 0));
  }

  /** The mask as `bool [time, batch]`. */
  toTensor(batch: number): Tensor {
    const flags = this.#steps.flatMap((rows) =>
      rows === ALL ? new Array<number>(batch).fill(1) : [...rows],
    );
    return tensor(flags, [this.#steps.length, batch], 'bool');
  }

  /** Which rows take part in a step. */
  at(step: number): ActiveRows {
    return this.#steps[step] ?? ALL;
  }
}

/**
 * A tree of tensors with the rows of `next` that are active, and the others of `previous`.
 *
 * @throws TypeError or ValueError when the two are nested differently.
 */
export function selectRows<T>(active: Uint8Array<ArrayBuffer>, next: T, previous: T): T;
export function selectRows(
  active: Uint8Array<ArrayBuffer>,
  next: unknown,
  previous: unknown,
): unknown {
  return zipLeaves('RNN', 'the new state', next, previous, (a, b) => {
    if (!(a instanceof Tensor) || !(b instanceof Tensor) || a === b) return a;
    const shape = [active.length, ...new Array<number>(a.rank - 1).fill(1)];
    return where(tensor(active, shape, 'bool'), a, b);
  });
}
