// SPDX-License-Identifier: Apache-2.0
import { type DType, isDType, type TypedArray } from './dtype.ts';
import { argumentMessage, ShapeError } from './errors.ts';
import { checkShape, type Shape, showShape, sizeOf } from './shape.ts';
import { isTypedArray, Tensor } from './tensor.ts';

/** What `tensor` takes: a number, nested arrays of numbers or booleans, or a typed array. */
export type TensorLike = number | boolean | readonly TensorLike[] | TypedArray;

/**
 * Makes a tensor from values.
 *
 * @param values a number or boolean (a scalar), nested arrays of equal lengths, or a typed array in
 *   row-major order. Copied.
 * @param shape the shape; default: the nesting of `values`.
 * @param dtype default: `bool` for booleans, the typed array's own, else `float32`. Numbers that go
 *   into `int32` are truncated towards zero.
 * @throws ShapeError when the nesting is ragged or the number of values is not that of `shape`.
 */
export function tensor(values: TensorLike, shape?: Shape, dtype?: DType): Tensor {
  const flat = isTypedArray(values) ? values : flatten(values);
  const target = shape ?? (isTypedArray(values) ? [values.length] : shapeOf(values));
  const type = dtype ?? dtypeOf(values);
  if (!isDType(type)) {
    const expected = "'float32', 'int32' or 'bool'";
    throw new TypeError(
      argumentMessage({ op: 'tensor', argument: 'dtype', expected, received: type }),
    );
  }
  checkShape('tensor', target);
  if (flat.length !== sizeOf(target)) {
    throw new ShapeError(
      `tensor: shape ${showShape(target)} needs ${sizeOf(target)} values, got ${flat.length}.`,
    );
  }
  const result = Tensor.empty(target, type, 'tensor');
  const view = result.view();
  if (type === 'bool') for (let i = 0; i < flat.length; i++) view[i] = flat[i] ? 1 : 0;
  else view.set(flat);
  return result;
}

/** A scalar: a tensor of shape `[]`. */
export function scalar(value: number | boolean, dtype?: DType): Tensor {
  return tensor(value, [], dtype);
}

/** A tensor of this shape with every element `value`. */
export function fill(shape: Shape, value: number, dtype: DType = 'float32'): Tensor {
  checkShape('fill', shape);
  const result = Tensor.empty(shape, dtype, 'fill');
  result.view().fill(value);
  return result;
}

/** A tensor of zeros. */
export function zeros(shape: Shape, dtype?: DType): Tensor {
  return fill(shape, 0, dtype);
}

/** A tensor of ones. */
export function ones(shape: Shape, dtype?: DType): Tensor {
  return fill(shape, 1, dtype);
}

/** Zeros with the shape and dtype of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return fill(x.shape, 0, x.dtype);
}

/** Ones with the shape and dtype of `x`. */
export function onesLike(x: Tensor): Tensor {
  return fill(x.shape, 1, x.dtype);
}

/**
 * The numbers `start, start + step, …` up to but without `stop`, as a vector.
 *
 * @throws RangeError when `step` is 0.
 */
export function range(start: number, stop: number, step = 1, dtype: DType = 'float32'): Tensor {
  if (step === 0) {
    const expected = 'other than 0';
    throw new RangeError(
      argumentMessage({ op: 'range', argument: 'step', expected, received: step }),
    );
  }
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return tensor(
    Array.from({ length }, (_, i) => start + i * step),
    [length],
    dtype,
  );
}

/** The shape of nested arrays. @throws ShapeError when lengths at one depth differ. */
function shapeOf(values: TensorLike): Shape {
  if (isTypedArray(values)) return [values.length];
  if (!Array.isArray(values)) return [];
  const [first, ...rest] = values.map(shapeOf);
  if (first === undefined) return [0];
  const ragged = rest.find((shape) => showShape(shape) !== showShape(first));
  if (ragged !== undefined) {
    throw new ShapeError(
      `tensor: nested arrays must have equal lengths, got entries of shape ${showShape(first)} ` +
        `and ${showShape(ragged)}.`,
    );
  }
  return [values.length, ...first];
}

function flatten(values: TensorLike): readonly number[] {
  const flat: number[] = [];
  const visit = (entry: TensorLike): void => {
    if (typeof entry === 'number' || typeof entry === 'boolean') flat.push(Number(entry));
    else if (isTypedArray(entry)) flat.push(...entry);
    else if (Array.isArray(entry)) entry.forEach(visit);
    else {
      const expected = 'numbers, booleans, nested arrays of them, or a typed array';
      throw new TypeError(
        argumentMessage({ op: 'tensor', argument: 'values', expected, received: entry }),
      );
    }
  };
  visit(values);
  return flat;
}

function dtypeOf(values: TensorLike): DType {
  if (values instanceof Int32Array) return 'int32';
  let entry: TensorLike | undefined = values;
  while (Array.isArray(entry)) entry = entry[0];
  return typeof entry === 'boolean' ? 'bool' : 'float32';
}
