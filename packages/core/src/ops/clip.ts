// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { Tensor } from '../tensor.ts';
import { greaterEqual, lessEqual } from './compare.ts';
import { numeric } from './elementwise.ts';
import { logicalAnd } from './logical.ts';
import { mapElements } from './loops.ts';
import { checkTensor } from './operand.ts';
import { where } from './where.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The declared op of `clip`. */
export const clipOp = defineOp({
  name: 'clip',
  forward: ([x]: readonly [Tensor], { min, max }: Bounds) => {
    if (x.dtype === 'int32') {
      return mapElements('clip', x, 'int32', (value) => Math.min(Math.max(value, min), max));
    }
    const out = Tensor.empty(x.shape, 'float32', 'clip');
    kernels().clip(x.pointer, out.pointer, x.size, min, max);
    return out;
  },
  save: ([x]) => [x],
  gradient: (dy, { saved: [x], attrs: { min, max } }) => [
    () => where(logicalAnd(greaterEqual(x, min), lessEqual(x, max)), dy, 0),
  ],
});

/**
 * min(max(x, min), max), elementwise. The gradient flows where min ≤ x ≤ max, the ends included, as
 * in TensorFlow and PyTorch.
 *
 * @param x float32 or int32.
 * @param min may be −Infinity for float32; a whole number for int32.
 * @param max may be Infinity for float32; a whole number for int32.
 * @throws ValueError when min is above max or a bound is NaN.
 */
export function clip(x: Tensor, min: number, max: number): Tensor {
  checkTensor('clip', 'x', x, numeric);
  checkBounds(x, { min, max });
  return clipOp([x], { min, max });
}

function checkBounds(x: Tensor, { min, max }: Bounds): void {
  const whole = x.dtype === 'int32';
  for (const [argument, received] of [
    ['min', min],
    ['max', max],
  ] as const) {
    if (
      typeof received === 'number' &&
      (whole ? Number.isInteger(received) : !Number.isNaN(received))
    ) {
      continue;
    }
    const expected = whole ? 'a whole number for int32' : 'a number';
    throw new ValueError(argumentMessage({ op: 'clip', argument, expected, received }));
  }
  if (min > max) {
    const expected = `at most max = ${max}`;
    throw new ValueError(argumentMessage({ op: 'clip', argument: 'min', expected, received: min }));
  }
}
