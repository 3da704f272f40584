// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { argumentMessage, DTypeError, ShapeError, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { normalizeAxis, type Shape, sameShape, showShape, stridesOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { slice } from './slice.ts';
import { copyInto } from './strided-copy.ts';

/** The declared op of `concat`. */
export const concatOp = defineOp({
  name: 'concat',
  forward: (tensors: readonly Tensor[], { axis }: { readonly axis: number }) =>
    joined(tensors, joinedShape(tensors, axis), axis, 'concat'),
  gradient: (dy, { inputs, attrs: { axis } }) => {
    let end = 0;
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, i) => (i === axis ? end : 0));
      end += shape[axis] ?? 0;
      return () => slice(dy, begin, shape);
    });
  },
});

/**
 * Tensors one after the other along an axis.
 *
 * @param tensors at least one, of one dtype, with equal shapes but for the size of `axis`.
 * @param axis default 0; negative ones count from the end.
 * @throws ValueError when there are none, ShapeError or DTypeError when one differs from the first.
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const rank = checkAlike('concat', tensors).rank;
  const along = normalizeAxis('concat', axis, rank);
  checkShapes('concat', tensors, (shape) => shape.map((size, i) => (i === along ? -1 : size)));
  return concatOp(tensors, { axis: along });
}

/** Copies tensors one after the other into a tensor of `shape`, each starting a size of `axis` later. */
export function joined(tensors: readonly Tensor[], shape: Shape, axis: number, op: string): Tensor {
  const out = Tensor.empty(shape, tensors[0]?.dtype ?? 'float32', op);
  const strides = stridesOf(shape);
  let offset = 0;
  for (const tensor of tensors) {
    const isStacked = tensor.rank < shape.length;
    copyInto(out, tensor, isStacked ? strides.toSpliced(axis, 1) : strides, offset);
    offset += (isStacked ? 1 : (tensor.shape[axis] ?? 0)) * (strides[axis] ?? 0);
  }
  return out;
}

/** The first of a list of tensors. @throws ValueError when it is empty, DTypeError when dtypes differ. */
export function checkAlike(op: string, tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined) {
    const expected = 'a list of at least one tensor';
    throw new ValueError(argumentMessage({ op, argument: 'tensors', expected, received: tensors }));
  }
  tensors.forEach((tensor, i) => {
    checkTensor(op, `tensors[${i}]`, tensor, dtypes);
    if (tensor.dtype === first.dtype) return;
    throw new DTypeError(
      `${op}: tensors must have one dtype, got ${first.dtype} and, at ${i}, ${tensor.dtype}. ` +
        'Use cast() to convert.',
    );
  });
  return first;
}

/** @throws ShapeError when what must be alike in the shapes differs from the first's. */
export function checkShapes(
  op: string,
  tensors: readonly Tensor[],
  alike: (shape: Shape) => Shape = (shape) => shape,
): void {
  const first = tensors[0]?.shape ?? [];
  tensors.forEach(({ shape }, i) => {
    if (sameShape(alike(shape), alike(first))) return;
    const exception = alike(first).indexOf(-1);
    const expected =
      `of shape ${showShape(first)}, as the first` +
      (exception === -1 ? '' : `, except for the size of axis ${exception}`);
    const received = showShape(shape);
    throw new ShapeError(argumentMessage({ op, argument: `tensors[${i}]`, expected, received }));
  });
}

function joinedShape(tensors: readonly Tensor[], axis: number): Shape {
  const total = tensors.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return (tensors[0]?.shape ?? []).with(axis, total);
}
