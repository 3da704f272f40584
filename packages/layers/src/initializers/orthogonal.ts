// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  mul,
  normal,
  reshape,
  type Shape,
  ShapeError,
  sizeOf,
  transpose,
} from '@tapeloop/core';
import { type Initializer, namedInitializer } from '../initializer.ts';
import { orthonormalizeRows } from './orthonormalize.ts';
import { ownStream, type SeedOption, seedOf } from './random.ts';

/** Options of `orthogonal`. */
export interface OrthogonalOptions extends SeedOption {
  /** Factor of the matrix. Default 1. */
  readonly gain?: number;
}

/**
 * A matrix with orthonormal rows or columns, whichever are fewer, uniformly distributed: the Q of the
 * QR decomposition of a matrix of normal numbers, where R has a positive diagonal. More than two
 * dimensions are flattened to [all but the last, last].
 *
 * @throws ShapeError for fewer than two dimensions.
 * @see Saxe et al. 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 *   networks".
 */
export function orthogonal({ gain = 1, seed }: OrthogonalOptions = {}): Initializer {
  return namedInitializer('orthogonal', { gain, ...seedOf(seed) }, (shape, stream) => {
    const columns = checkRank(shape);
    const rows = sizeOf(shape) / Math.max(1, columns);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const rowsOrColumns = normal([count, length], { stream: ownStream(stream, seed) });
    orthonormalizeRows(rowsOrColumns);
    const matrix = rows <= columns ? rowsOrColumns : transpose(rowsOrColumns);
    return reshape(mul(matrix, gain), shape);
  });
}

function checkRank(shape: Shape): number {
  const last = shape.at(-1);
  if (last !== undefined && shape.length >= 2) return last;
  const expected = 'of at least two dimensions';
  throw new ShapeError(
    argumentMessage({ op: 'orthogonal', argument: 'shape', expected, received: shape }),
  );
}
