// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { provideArithmetic } from '../backward-arithmetic.ts';
import { onesLike } from '../create.ts';
import type { Tensor } from '../tensor.ts';
import { add } from './arithmetic.ts';
import { addSlices, coalesce, toDense } from './indexed-slices.ts';
import { sumTo } from './reduce.ts';

provideArithmetic({ onesLike, add, addInPlace, sumTo, coalesce, addSlices, toDense });

/** accumulator += x, of the same shape. */
function addInPlace(accumulator: Tensor, x: Tensor): void {
  kernels().addInPlace(accumulator.pointer, x.pointer, x.size);
}
