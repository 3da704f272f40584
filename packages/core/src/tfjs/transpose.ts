// SPDX-License-Identifier: Apache-2.0
import { type Axis, mergedAxes } from '../ops/strided-copy.ts';
import { type Shape, stridesOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import type { Host, Info } from './host.ts';

/** Axes that the copy kernel takes. */
const KERNEL_AXES = 6;
const UNIT_AXIS: Axis = { size: 1, stride: 0 };

/** tfjs's permutation of axes, for elements of four bytes. */
export const transpose = defineDropIn<{ readonly x: Info }, { readonly perm: readonly number[] }>({
  takes({ x }, { perm }) {
    const isWord = x.dtype === 'float32' || x.dtype === 'int32';
    return isWord && permutedAxes(x.shape, perm).length <= KERNEL_AXES;
  },
  compute: (host, { x }, { perm }) => permute(host, x, perm),
});

/** `x` with its axes in the order of `perm`: on the same elements where they need not move. */
export function permute(host: Host, x: Info, perm: readonly number[]): Info {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const axes = permutedAxes(x.shape, perm);
  if (axes.length <= 1 && (axes[0]?.stride ?? 1) === 1) return host.reshaped(x, shape);
  if (axes.length > KERNEL_AXES) return host.run('Transpose', { x }, { perm: [...perm] });
  const out = host.output(shape, x.dtype === 'int32' ? 'int32' : 'float32');
  if (!shape.includes(0)) copyAxes(host, axes, host.pointer(x), out.pointer);
  return out.info;
}

/** Copies elements of four bytes that lie apart, along at most 6 axes, to lie together. */
export function copyAxes(host: Host, axes: readonly Axis[], from: number, to: number): void {
  const axis = (i: number): Axis => axes[axes.length - KERNEL_AXES + i] ?? UNIT_AXIS;
  const [a, b, c, d, e, f] = [axis(0), axis(1), axis(2), axis(3), axis(4), axis(5)] as const;
  host.kernels.permutedCopy(
    from,
    to,
    ...([a.size, b.size, c.size, d.size, e.size, f.size] as const),
    ...([a.stride, b.stride, c.stride, d.stride, e.stride, f.stride] as const),
  );
}

function permutedAxes(shape: Shape, perm: readonly number[]): Axis[] {
  const strides = stridesOf(shape);
  return mergedAxes(
    perm.map((axis) => shape[axis] ?? 1),
    perm.map((axis) => strides[axis] ?? 1),
  );
}
