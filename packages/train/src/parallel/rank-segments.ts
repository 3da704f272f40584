// SPDX-License-Identifier: Apache-2.0

/** Elements [start, end) of an array. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of an array of `length` elements that rank `rank` of `size` adds up for all: as equal as
 * they can be, in the order of the ranks.
 */
export function segmentOf(rank: number, size: number, length: number): Segment {
  const start = Math.floor((rank * length) / size);
  const end = Math.floor(((rank + 1) * length) / size);
  return { start, end };
}

/** Parts of at most `most` elements; at least one part, be it empty. */
export function* pieces(length: number, most: number): Generator<Segment> {
  let start = 0;
  do {
    yield { start, end: Math.min(start + most, length) };
    start += most;
  } while (start < length);
}

/**
 * target += addend, element by element, rounded to float32. Adding the ranks' arrays in the order of
 * the ranks gives the same bits whoever does it, and however the array was cut.
 */
export function addInto(target: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + (addend[i] ?? 0);
}
