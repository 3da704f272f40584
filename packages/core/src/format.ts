// SPDX-License-Identifier: Apache-2.0
import type { DType, TypedArray } from './dtype.ts';
import { type Shape, sizeOf, stridesOf } from './shape.ts';

/** Nested arrays of a tensor's elements; a plain value for a scalar. */
export type NestedArray = number | boolean | NestedArray[];

/** Elements above which long dimensions are shortened. */
const SUMMARY_THRESHOLD = 1000;
/** Entries shown at each end of a shortened dimension. */
const EDGE_ITEMS = 3;

/** The elements as nested arrays in row-major order. */
export function nest(data: TypedArray, shape: Shape, dtype: DType): NestedArray {
  const strides = stridesOf(shape);
  const build = (axis: number, offset: number): NestedArray => {
    if (axis === shape.length) {
      const value = data[offset] ?? 0;
      return dtype === 'bool' ? value !== 0 : value;
    }
    const stride = strides[axis] ?? 1;
    return Array.from({ length: shape[axis] ?? 0 }, (_, i) => build(axis + 1, offset + i * stride));
  };
  return build(0, 0);
}

/** The elements as NumPy prints an array: aligned columns, long dimensions shortened. */
export function formatTensor(data: TypedArray, shape: Shape, dtype: DType): string {
  const summarize = sizeOf(shape) > SUMMARY_THRESHOLD;
  const shown = (length: number): (number | null)[] => {
    if (!summarize || length <= 2 * EDGE_ITEMS) return Array.from({ length }, (_, i) => i);
    const head = Array.from({ length: EDGE_ITEMS }, (_, i) => i);
    return [...head, null, ...head.map((i) => length - EDGE_ITEMS + i)];
  };
  const strides = stridesOf(shape);
  const values: number[] = [];
  const visit = (axis: number, offset: number): void => {
    if (axis === shape.length) values.push(data[offset] ?? 0);
    else {
      for (const i of shown(shape[axis] ?? 0)) {
        if (i !== null) visit(axis + 1, offset + i * (strides[axis] ?? 1));
      }
    }
  };
  visit(0, 0);
  const words = formatColumn(values, dtype);
  let next = 0;
  const print = (axis: number): string => {
    if (axis === shape.length) return words[next++] ?? '';
    const parts = shown(shape[axis] ?? 0).map((i) => (i === null ? '...' : print(axis + 1)));
    const gap = shape.length - axis - 1;
    const separator = gap === 0 ? ' ' : '\n'.repeat(gap) + ' '.repeat(axis + 1);
    return `[${parts.join(separator)}]`;
  };
  return print(0);
}

/** The values of one dtype as words of one width, aligned at the decimal point. */
function formatColumn(values: readonly number[], dtype: DType): string[] {
  if (dtype === 'bool') return alignRight(values.map((value) => (value === 0 ? 'False' : 'True')));
  if (dtype === 'int32') return alignRight(values.map(String));
  const digits = needsExponent(values)
    ? exponentialWords(values)
    : alignPoint(values.map((value) => specialWord(value) ?? plainWord(value)));
  return alignRight(digits);
}

/** NumPy's rule: very large or small values, or a wide range of them, get exponents. */
function needsExponent(values: readonly number[]): boolean {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  if (sizes.length === 0) return false;
  const [largest, smallest] = [Math.max(...sizes), Math.min(...sizes)];
  return largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1e3;
}

function specialWord(value: number): string | undefined {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return undefined;
}

/** `1.`, `0.25`: at most eight digits after the point, without trailing zeros. */
function plainWord(value: number): string {
  return shortest(value).toFixed(8).replace(/0+$/, '');
}

function exponentialWords(values: readonly number[]): string[] {
  const mantissaOf = (value: number) => shortest(value).toExponential(8).split('e')[0] ?? '';
  const fraction = (value: number) => mantissaOf(value).replace(/0+$/, '').split('.')[1] ?? '';
  const decimals = Math.max(
    ...values.filter(Number.isFinite).map((value) => fraction(value).length),
  );
  return values.map((value) => {
    const special = specialWord(value);
    if (special !== undefined) return special;
    const [mantissa = '', exponent = '0'] = value.toExponential(decimals).split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    const power = exponent.replace(/[+-]/, '').padStart(2, '0');
    return `${mantissa}${decimals === 0 ? '.' : ''}e${sign}${power}`;
  });
}

function alignPoint(words: readonly string[]): string[] {
  const after = (word: string) => (word.includes('.') ? word.length - word.indexOf('.') : 0);
  const width = Math.max(0, ...words.map(after));
  return words.map((word) => word + ' '.repeat(word.includes('.') ? width - after(word) : 0));
}

function alignRight(words: readonly string[]): string[] {
  const width = Math.max(0, ...words.map((word) => word.length));
  return words.map((word) => word.padStart(width));
}

/** The decimal with the fewest digits that is `x` as a float32. */
function shortest(x: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (Math.fround(candidate) === x) return candidate;
  }
  return x;
}
