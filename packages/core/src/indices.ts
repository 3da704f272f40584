// SPDX-License-Identifier: Apache-2.0
import { kernels } from './backend.ts';
import { argumentMessage, ValueError } from './errors.ts';
import { showShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** @throws ValueError when an element of an int32 tensor is not in [0, size). */
export function checkIndices(op: string, indices: Tensor, size: number): void {
  const at = kernels().firstIndexOutOfRange(indices.pointer, indices.size, size);
  if (at === -1) return;
  throw new ValueError(
    argumentMessage({
      op,
      argument: 'indices',
      expected: size === 0 ? 'empty, as the indexed axis has size 0' : `in [0, ${size})`,
      received: `${indices.view()[at]} at element ${at} of shape ${showShape(indices.shape)}`,
    }),
  );
}
