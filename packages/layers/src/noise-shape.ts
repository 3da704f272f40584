// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';

/**
 * The shape of a mask: 1 where a decision is shared along an axis, `null` for the input's size. A
 * shorter one than the input's is aligned at the right, where it shares decisions over the batch.
 */
export type NoiseShape = readonly (number | null)[];

/** @throws ValueError when an entry is neither `null` nor a whole number of at least 1. */
export function checkNoiseShape(
  op: string,
  noiseShape: NoiseShape | null | undefined,
): NoiseShape | undefined {
  const isValid = noiseShape?.every(
    (size) => size === null || (Number.isSafeInteger(size) && size >= 1),
  );
  if (isValid ?? true) return noiseShape ?? undefined;
  throw new ValueError(
    argumentMessage({
      op,
      argument: 'noiseShape',
      expected: 'a list of whole numbers of at least 1, or null for the size of the inputs',
      received: noiseShape,
    }),
  );
}
