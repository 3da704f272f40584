// SPDX-License-Identifier: Apache-2.0

/** How often each piece occurs, in order of first occurrence. */
export function countEach(pieces: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return counts;
}
