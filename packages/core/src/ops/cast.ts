// SPDX-License-Identifier: Apache-2.0
import { type DType, isDType } from '../dtype.ts';
import { argumentMessage } from '../errors.ts';
import { defineOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { mapElements } from './loops.ts';
import { checkTensor } from './operand.ts';

interface ToDType {
  readonly dtype: DType;
}

/** The declared op of `cast`. */
export const castOp = defineOp({
  name: 'cast',
  forward: ([x]: readonly [Tensor], { dtype }: ToDType) => {
    if (x.dtype === dtype) return x.shareAs(x.shape, 'cast');
    return mapElements('cast', x, dtype, dtype === 'bool' ? (value) => Number(value !== 0) : keep);
  },
  // A tape only follows float32, so the input was float32 and so is the output.
  gradient: (dy) => [() => dy],
});

/**
 * The elements as another dtype. A float becomes an integer by dropping its fraction, and modulo
 * 2³² beyond the integers' range; NaN and infinities become 0. All but 0 become true, NaN too.
 *
 * To the dtype it already has, it is a view. The gradient flows through casts from float32 to
 * float32 only: integers and booleans have none.
 *
 * @throws TypeError when `dtype` is none.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensor('cast', 'x', x, ['float32', 'int32', 'bool']);
  if (!isDType(dtype)) {
    const expected = "'float32', 'int32' or 'bool'";
    throw new TypeError(
      argumentMessage({ op: 'cast', argument: 'dtype', expected, received: dtype }),
    );
  }
  return castOp([x], { dtype });
}

function keep(value: number): number {
  return value;
}
