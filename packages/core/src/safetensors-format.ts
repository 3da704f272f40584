// SPDX-License-Identifier: Apache-2.0
import type { DType, TypedArray } from './dtype.ts';
import { ValueError } from './errors.ts';

/** A file is not what the safetensors format demands, or holds what Tapeloop has no dtype for. */
export class SafetensorsError extends ValueError {
  override name = 'SafetensorsError';
}

/** How elements of one of the format's dtypes are read. */
export interface ElementFormat {
  /** Bytes of an element. */
  readonly bytes: number;
  /** The dtype that they are read into. */
  readonly dtype: DType;
  /**
   * Elements from bytes that start at offset 0 of a buffer of their own.
   *
   * @throws RangeError saying which element cannot be represented.
   */
  readonly read: (buffer: ArrayBuffer) => TypedArray;
}

/** The dtypes that can be read, by the format's names. */
export const elementFormats: ReadonlyMap<string, ElementFormat> = new Map([
  ['F32', { bytes: 4, dtype: 'float32', read: (buffer) => new Float32Array(buffer) }],
  ['I32', { bytes: 4, dtype: 'int32', read: (buffer) => new Int32Array(buffer) }],
  ['BOOL', { bytes: 1, dtype: 'bool', read: readBooleans }],
  ['F64', { bytes: 8, dtype: 'float32', read: (b) => Float32Array.from(new Float64Array(b)) }],
  ['F16', { bytes: 2, dtype: 'float32', read: (b) => mapHalves(b, floatOfHalf) }],
  ['BF16', { bytes: 2, dtype: 'float32', read: readBrainFloats }],
  ['I64', { bytes: 8, dtype: 'int32', read: readLongs }],
]);

/** The format's names of our dtypes. */
export const formatNames: Readonly<Record<DType, string>> = {
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
};

/** The value of an IEEE 754 half: sign 1 bit, exponent 5 with bias 15, fraction 10. */
function floatOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function mapHalves(buffer: ArrayBuffer, value: (bits: number) => number): TypedArray {
  return Float32Array.from(new Uint16Array(buffer), value);
}

/** A bfloat16 is the upper half of a float32. */
function readBrainFloats(buffer: ArrayBuffer): TypedArray {
  const bits = Uint32Array.from(new Uint16Array(buffer), (half) => half * 0x10000);
  return new Float32Array(bits.buffer);
}

function readLongs(buffer: ArrayBuffer): TypedArray {
  const longs = new BigInt64Array(buffer);
  return Int32Array.from({ length: longs.length }, (_, i) => {
    const value = longs[i] ?? 0n;
    if (BigInt.asIntN(32, value) === value) return Number(value);
    throw new RangeError(`element ${i} is ${value}, which int32 cannot hold`);
  });
}

function readBooleans(buffer: ArrayBuffer): TypedArray {
  const bytes = new Uint8Array(buffer);
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong === -1) return bytes;
  throw new RangeError(`element ${wrong} is ${bytes[wrong]}, but a boolean is 0 or 1`);
}
