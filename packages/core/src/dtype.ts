// SPDX-License-Identifier: Apache-2.0

/**
 * The element types of a tensor: IEEE 754 single precision, two's-complement 32-bit integers, and
 * booleans stored as one byte of 0 or 1.
 */
export type DType = 'float32' | 'int32' | 'bool';

/** All element types. */
export const dtypes: readonly DType[] = ['float32', 'int32', 'bool'];

/** A copy of a tensor's elements, in row-major order. */
export type TypedArray =
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** Size of one element in bytes. */
export const bytesPerElement: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 };

/** A view of `size` elements of `dtype` at a byte address of `buffer`. */
export function viewOf(
  dtype: DType,
  buffer: ArrayBuffer,
  byteOffset: number,
  size: number,
): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, size);
    case 'int32':
      return new Int32Array(buffer, byteOffset, size);
    case 'bool':
      return new Uint8Array(buffer, byteOffset, size);
  }
}

/** True for the names of the three dtypes. */
export function isDType(value: unknown): value is DType {
  return value === 'float32' || value === 'int32' || value === 'bool';
}
