// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { bytesPerElement, type DType } from '../dtype.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { heap } from '../storage.ts';
import { Tensor } from '../tensor.ts';

/** Elements of a tensor in a new order: element (i, j, …) is the one at offset + i·s₀ + j·s₁ + …. */
export interface Layout {
  readonly shape: Shape;
  /** In elements; 0 repeats an axis, negative ones run backward. */
  readonly strides: readonly number[];
  /** The element at index (0, 0, …). Default 0. */
  readonly offset?: number;
}

/** An axis of a copy: elements, and how far they lie apart. */
export interface Axis {
  readonly size: number;
  readonly stride: number;
}

/** Axes that the copy kernel takes. */
const KERNEL_AXES = 6;
const UNIT_AXIS: Axis = { size: 1, stride: 0 };

/** The elements of `x` in another order: a view when they lie in it already, else a copy. */
export function strided(x: Tensor, layout: Layout, op: string): Tensor {
  const { shape, strides, offset = 0 } = layout;
  if (sizeOf(shape) === 0) return Tensor.empty(shape, x.dtype, op);
  const axes = mergedAxes(shape, strides);
  if (isContiguous(axes)) return x.shareAs(shape, op, offset);
  const out = Tensor.empty(shape, x.dtype, op);
  const bytes = bytesPerElement[x.dtype];
  const from = x.pointer + offset * bytes;
  if (bytes === 4) copyWords(kernels(), axes, from, out.pointer);
  else copyBytes(new Uint8Array(heap().buffer), axes, from, out.pointer);
  return out;
}

/** Writes all of `x` into a part of `out`, whose innermost stride must be 1. */
export function copyInto(
  out: Tensor,
  x: Tensor,
  strides: readonly number[],
  elementOffset: number,
): void {
  if (x.size === 0) return;
  const axes = mergedAxes(x.shape, strides);
  const width = axes.at(-1)?.stride === 1 ? (axes.pop()?.size ?? 1) : 1;
  const bytes = bytesPerElement[x.dtype];
  copyRowsInto(axes, width, x.dtype, x.pointer, out.pointer + elementOffset * bytes);
}

/** The axes without those of size 1, and with neighbours that one stride can walk made one. */
export function mergedAxes(shape: Shape, strides: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (const [i, size] of shape.entries()) {
    if (size === 1) continue;
    const stride = strides[i] ?? 0;
    const outer = axes.at(-1);
    if (outer?.stride !== size * stride) axes.push({ size, stride });
    else axes[axes.length - 1] = { size: outer.size * size, stride };
  }
  return axes;
}

/** Copies elements of four bytes that lie apart along `axes`, to lie together. */
export function copyWords(
  kernels: Pick<Kernels, 'permutedCopy'>,
  axes: readonly Axis[],
  from: number,
  to: number,
): void {
  if (axes.length > KERNEL_AXES) {
    const [outer = UNIT_AXIS, ...inner] = axes;
    const bytes = 4 * inner.reduce((product, { size }) => product * size, 1);
    for (let i = 0; i < outer.size; i++) {
      copyWords(kernels, inner, from + 4 * i * outer.stride, to + i * bytes);
    }
    return;
  }
  const axis = (i: number): Axis => axes[axes.length - KERNEL_AXES + i] ?? UNIT_AXIS;
  const [a, b, c, d, e, f] = [axis(0), axis(1), axis(2), axis(3), axis(4), axis(5)] as const;
  kernels.permutedCopy(
    from,
    to,
    ...([a.size, b.size, c.size, d.size, e.size, f.size] as const),
    ...([a.stride, b.stride, c.stride, d.stride, e.stride, f.stride] as const),
  );
}

function isContiguous(axes: readonly Axis[]): boolean {
  return axes.length === 0 || (axes.length === 1 && axes[0]?.stride === 1);
}

/** Returns the address after the last byte written. */
function copyBytes(heap: Uint8Array, axes: readonly Axis[], from: number, to: number): number {
  const [outer = UNIT_AXIS, ...inner] = axes;
  const { size, stride } = outer;
  if (inner.length === 0 && stride === 1) heap.copyWithin(to, from, from + size);
  else if (inner.length === 0 && stride === 0) heap.fill(heap[from] ?? 0, to, to + size);
  else if (inner.length === 0) {
    for (let i = 0; i < size; i++) heap[to + i] = heap[from + i * stride] ?? 0;
  } else {
    let end = to;
    for (let i = 0; i < size; i++) end = copyBytes(heap, inner, from + i * stride, end);
    return end;
  }
  return to + size;
}

/** Writes contiguous rows at `from` to rows that lie apart; returns the address after the last read. */
function copyRowsInto(
  axes: readonly Axis[],
  width: number,
  dtype: DType,
  from: number,
  to: number,
): number {
  const [outer = UNIT_AXIS, ...inner] = axes;
  const bytes = bytesPerElement[dtype];
  if (inner.length === 0 && bytes === 4) {
    kernels().copyRows(from, to, outer.size, width, width, outer.stride);
    return from + outer.size * width * bytes;
  }
  let next = from;
  for (let i = 0; i < outer.size; i++) {
    const target = to + i * outer.stride * bytes;
    if (inner.length > 0) next = copyRowsInto(inner, width, dtype, next, target);
    else {
      new Uint8Array(heap().buffer).copyWithin(target, next, next + width * bytes);
      next += width * bytes;
    }
  }
  return next;
}
