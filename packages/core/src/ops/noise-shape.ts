// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ShapeError } from '../errors.ts';
import { broadcastsTo, type Shape, showShape } from '../shape.ts';

/**
 * The shape of a mask for an input: `noiseShape` with the input's size for each `null`, at the index of
 * the `null` in `noiseShape`.
 *
 * @throws ShapeError when it does not broadcast to exactly the input's shape.
 */
export function resolveNoiseShape(
  op: string,
  noiseShape: readonly (number | null)[],
  shape: Shape,
): Shape {
  const isValid = noiseShape.every(
    (size) => size === null || (Number.isInteger(size) && size >= 1),
  );
  const resolved = noiseShape.map((size, axis) => size ?? shape[axis] ?? 1);
  if (isValid && broadcastsTo(resolved, shape)) return resolved;
  throw new ShapeError(
    argumentMessage({
      op,
      argument: 'noiseShape',
      expected: `whole numbers of at least 1, or null for the input's size, that broadcast to the input's shape ${showShape(shape)}`,
      received: noiseShape,
      hint: 'Use 1 where a decision is shared along an axis.',
    }),
  );
}
