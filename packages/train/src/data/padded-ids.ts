// SPDX-License-Identifier: Apache-2.0
import { type Tensor, tensor } from '@tapeloop/core';

/** The id that fills rows up; lengths and masks keep it out of results. */
const paddingId = 0;

/** Rows of ids of different lengths as one rectangle: each begins at the left and is filled up. */
export interface PaddedIds {
  /** int32 `[batch, time]`; `time` is the longest row's length. */
  readonly ids: Tensor;
  /** Number of ids of each row, `[batch]`. */
  readonly lengths: readonly number[];
  /** `bool` `[batch, time]`: false where a row was filled up. */
  readonly mask: Tensor;
}

/**
 * Makes a rectangle of rows of ids:
 *
 * ```
 *              ids       lengths   mask
 * 4 7 2        4 7 2     3         1 1 1
 * 5            5 0 0     1         1 0 0
 * ```
 *
 * @param rows at least one, of at least one id.
 */
export function padIds(rows: readonly (readonly number[])[]): PaddedIds {
  const lengths = rows.map((row) => row.length);
  const time = Math.max(...lengths);
  const ids = new Int32Array(rows.length * time).fill(paddingId);
  const mask = new Uint8Array(ids.length);
  rows.forEach((row, i) => {
    ids.set(row, i * time);
    mask.fill(1, i * time, i * time + row.length);
  });
  const shape = [rows.length, time];
  return { ids: tensor(ids, shape), lengths, mask: tensor(mask, shape, 'bool') };
}
