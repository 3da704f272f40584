// SPDX-License-Identifier: Apache-2.0

import { bytesPerElement } from '../dtype.ts';
import type { BroadcastKernel } from '../kernels/reference/binary.ts';
import { broadcastStrides, type Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** An axis of a result, and how many elements each operand moves along it: 0 repeats it. */
interface Axis {
  readonly size: number;
  readonly a: number;
  readonly b: number;
}

/** How many axes a kernel loops over. */
const KERNEL_AXES = 3;
const UNIT_AXIS: Axis = { size: 1, a: 0, b: 0 };

/** What a kernel needs to know of a tensor. */
export type KernelOperand = Pick<Tensor, 'pointer' | 'shape' | 'dtype' | 'size'>;

/** Fills `out` by a kernel from two float32 operands, which are broadcast to its shape. */
export function broadcastInto(
  kernel: BroadcastKernel,
  a: KernelOperand,
  b: KernelOperand,
  out: KernelOperand,
): void {
  if (out.size === 0) return;
  const axes = mergedAxes(a.shape, b.shape, out.shape);
  const bytes = bytesPerElement[out.dtype];
  const run = (loops: readonly Axis[], fromA: number, fromB: number, to: number): number => {
    const [outer, ...inner] = loops;
    if (outer === undefined || loops.length <= KERNEL_AXES) {
      runKernel(kernel, loops, fromA, fromB, to);
      return to + bytes * loops.reduce((size, axis) => size * axis.size, 1);
    }
    let end = to;
    for (let i = 0; i < outer.size; i++) {
      end = run(inner, fromA + 4 * i * outer.a, fromB + 4 * i * outer.b, end);
    }
    return end;
  };
  run(axes, a.pointer, b.pointer, out.pointer);
}

/** The axes without those of size 1, and with neighbours that one loop can walk made one. */
function mergedAxes(shapeA: Shape, shapeB: Shape, shape: Shape): Axis[] {
  const [stridesA, stridesB] = [broadcastStrides(shapeA, shape), broadcastStrides(shapeB, shape)];
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const [a, b] = [stridesA[i] ?? 0, stridesB[i] ?? 0];
    const outer = axes.at(-1);
    if (outer !== undefined && outer.a === size * a && outer.b === size * b) {
      axes[axes.length - 1] = { size: outer.size * size, a, b };
    } else axes.push({ size, a, b });
  });
  return axes;
}

function runKernel(
  kernel: BroadcastKernel,
  axes: readonly Axis[],
  a: number,
  b: number,
  out: number,
): void {
  const [outer, middle] = [axes.at(-3) ?? UNIT_AXIS, axes.at(-2) ?? UNIT_AXIS];
  // The kernel moves at least one operand along its inner axis, also when there is one element.
  const inner = axes.at(-1) ?? { size: 1, a: 1, b: 1 };
  kernel(
    ...([a, b, out, outer.size, middle.size, inner.size] as const),
    ...([outer.a, middle.a, inner.a, outer.b, middle.b, inner.b] as const),
  );
}
