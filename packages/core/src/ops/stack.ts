// SPDX-License-Identifier: Apache-2.0
import { zeros } from '../create.ts';
import { dtypes } from '../dtype.ts';
import { defineMultiOp, defineOp } from '../op.ts';
import { normalizeAxis, type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkAlike, checkShapes, joined } from './concat.ts';
import { checkTensor } from './operand.ts';
import { moveAxis } from './transpose.ts';

/** The declared op of `stack`. */
export const stackOp = defineOp({
  name: 'stack',
  forward: (tensors: readonly Tensor[], { axis }: { readonly axis: number }) => {
    const shape = (tensors[0]?.shape ?? []).toSpliced(axis, 0, tensors.length);
    return joined(tensors, shape, axis, 'stack');
  },
  gradient: (dy, { inputs, attrs: { axis } }) => {
    let parts: Tensor[] | undefined;
    return inputs.map((_, i) => () => {
      parts ??= unstack(dy, axis);
      return parts[i] ?? dy;
    });
  },
});

/** The declared op of `unstack` along axis 0: views, and one gradient for all of them. */
export const unstackOp = defineMultiOp({
  name: 'unstack',
  forward: ([x]: readonly [Tensor]) => {
    const [count = 0, ...shape] = x.shape;
    const size = sizeOf(shape);
    return Array.from({ length: count }, (_, i) => x.shareAs(shape, 'unstack', i * size));
  },
  gradient: (dys, { outputs: [first] }) => [() => stack(withZeros(dys, first?.shape ?? []))],
});

/**
 * Tensors side by side along a new axis: `stack([a, b])[i]` is the i-th.
 *
 * @param tensors at least one, of one dtype and one shape.
 * @param axis where the new axis is in the result, in [−rank − 1, rank]. Default 0.
 * @throws ValueError when there are none, ShapeError or DTypeError when one differs from the first.
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const { rank } = checkAlike('stack', tensors);
  checkShapes('stack', tensors);
  return stackOp(tensors, { axis: normalizeAxis('stack', axis, rank + 1) });
}

/**
 * The entries along an axis, each without that axis: the steps of a time-major sequence.
 *
 * They are views of `x` for axis 0, and of one copy for another axis. On a tape they are one op, and
 * backward puts their gradients together once, so its time does not grow with the square of the
 * number of entries as it would with a `slice` for each.
 *
 * @param axis default 0; negative ones count from the end.
 * @throws ValueError when `axis` is out of range.
 */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  checkTensor('unstack', 'x', x, dtypes);
  const front = moveAxis(x, normalizeAxis('unstack', axis, x.rank), 0);
  const entries = unstackOp([front]);
  if (front !== x) front.dispose();
  return [...entries];
}

/** The gradients of all parts, one tensor of zeros standing for those that nothing used. */
function withZeros(dys: readonly (Tensor | null)[], shape: Shape): Tensor[] {
  let unused: Tensor | undefined;
  return dys.map((dy) => {
    if (dy !== null) return dy;
    unused ??= zeros(shape);
    return unused;
  });
}
