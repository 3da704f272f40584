// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp, notDifferentiable } from '../op.ts';
import { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';

/** The two values of `oneHot`. */
export interface OneHotOptions {
  /** The value at the index. Default 1. */
  readonly on?: number;
  /** The value elsewhere. Default 0. */
  readonly off?: number;
}

interface Encoding extends Required<OneHotOptions> {
  readonly depth: number;
}

/** The declared op of `oneHot`. */
export const oneHotOp = defineOp({
  name: 'oneHot',
  forward: ([indices]: readonly [Tensor], { depth, on, off }: Encoding) => {
    const out = Tensor.empty([...indices.shape, depth], 'float32', 'oneHot');
    const elements = out.view().fill(off);
    indices.view().forEach((index, row) => {
      if (index >= 0 && index < depth) elements[row * depth + index] = on;
    });
    return out;
  },
  gradient: notDifferentiable('its value is constant between whole numbers'),
});

/**
 * Indices as rows of a unit matrix: `out[i…, j] = indices[i…] = j ? on : off`, in float32.
 *
 * Shapes: indices `[i…]` give `[i…, depth]`.
 *
 * @param indices int32; one outside [0, depth) gives a row of `off`, as in TensorFlow.
 * @param depth the length of a row.
 * @throws ValueError when `depth` is not a whole number of at least 0.
 */
export function oneHot(
  indices: Tensor,
  depth: number,
  { on = 1, off = 0 }: OneHotOptions = {},
): Tensor {
  checkTensor('oneHot', 'indices', indices, ['int32']);
  if (!Number.isInteger(depth) || depth < 0) {
    const expected = 'a whole number of at least 0';
    throw new ValueError(
      argumentMessage({ op: 'oneHot', argument: 'depth', expected, received: depth }),
    );
  }
  return oneHotOp([indices], { depth, on, off });
}
