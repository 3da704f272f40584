// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, DTypeError, ShapeError } from './errors.ts';
import { checkIndices } from './indices.ts';
import { type Shape, sameShape, showShape } from './shape.ts';
import { Tensor } from './tensor.ts';
import { stateRecord } from './tree.ts';

/**
 * A tensor that is zero but for some rows, given by those rows: the gradient of a table of which few
 * rows were picked. `dense[indices[i]] += values[i]` for every i, into zeros: rows of one index add
 * up.
 *
 * Shapes: values `[n, ...rest]`, indices `[n]`, dense `[size, ...rest]`.
 *
 * It is a state record: `tidy` returns it with its tensors alive, `dispose` frees both.
 *
 * @see TensorFlow's `tf.IndexedSlices`; PyTorch's sparse tensors with one sparse dimension.
 */
export class IndexedSlices {
  /** float32 `[n, ...rest]`. */
  readonly values: Tensor;
  /** int32 `[n]`, in [0, size). */
  readonly indices: Tensor;
  /** `[size, ...rest]`, the shape of the dense tensor. */
  readonly shape: Shape;
  /** True when every index comes once, in rising order, as `coalesce` makes them. */
  readonly isCoalesced: boolean;

  /**
   * @param isCoalesced the caller's word that every index comes once, in rising order. Default false.
   * @throws DTypeError, ShapeError or ValueError when values and indices do not fit each other or the
   *   shape. It takes the tensors as they are and copies nothing.
   */
  constructor(values: Tensor, indices: Tensor, shape: Shape, isCoalesced = false) {
    checkDType('values', values, 'float32');
    checkDType('indices', indices, 'int32');
    const [size, ...rest] = shape;
    if (size === undefined) throw misshapen('shape', 'of at least one dimension', shape);
    if (indices.rank !== 1) throw misshapen('indices', 'of one dimension', indices.shape);
    const expected = [indices.size, ...rest];
    if (!sameShape(values.shape, expected)) {
      throw misshapen('values', `of shape ${showShape(expected)}`, values.shape);
    }
    checkIndices('IndexedSlices', indices, size);
    this.values = values;
    this.indices = indices;
    this.shape = shape;
    this.isCoalesced = isCoalesced;
  }

  /** Lets `tidy` and `dispose` find its tensors. */
  get [stateRecord](): true {
    return true;
  }
}

/** A gradient: dense, or some rows of a table. */
export type Gradient = Tensor | IndexedSlices;

/** The elements that a gradient has: all of a tensor's, those of the rows of slices. */
export function valuesOf(gradient: Gradient): Tensor {
  return gradient instanceof Tensor ? gradient : gradient.values;
}

function checkDType(argument: string, { dtype }: Tensor, expected: 'float32' | 'int32'): void {
  if (dtype === expected) return;
  throw new DTypeError(
    argumentMessage({ op: 'IndexedSlices', argument, expected, received: dtype }),
  );
}

function misshapen(argument: string, expected: string, shape: Shape): ShapeError {
  const received = showShape(shape);
  return new ShapeError(argumentMessage({ op: 'IndexedSlices', argument, expected, received }));
}
