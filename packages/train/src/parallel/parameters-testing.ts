// SPDX-License-Identifier: Apache-2.0
import { Parameter } from '@tapeloop/core';
import { cosines } from '@tapeloop/core/testing';

/** Each rank's parameters `p0`, `p1`, …, with values that are all different; freed after `use`. */
export async function withReplicas<T>(
  ranks: number,
  use: (replicas: readonly (readonly Parameter[])[]) => Promise<T>,
): Promise<T> {
  const shapes = [[2, 3], [1], [4]];
  const replicas = Array.from({ length: ranks }, (_, rank) => {
    return shapes.map(
      (shape, i) => new Parameter(`p${i}`, cosines(shape, { start: 7 * i + rank })),
    );
  });
  try {
    return await use(replicas);
  } finally {
    for (const parameter of replicas.flat()) parameter.dispose();
  }
}
