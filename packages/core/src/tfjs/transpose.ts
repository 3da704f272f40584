// SPDX-License-Identifier: Apache-2.0
import { type Axis, copyWords, mergedAxes } from '../ops/strided-copy.ts';
import { type Shape, stridesOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import { type Host, type Info, isWord } from './host.ts';

/** tfjs's permutation of axes, for elements of four bytes. */
export const transpose = defineDropIn<{ readonly x: Info }, { readonly perm: readonly number[] }>({
  takes: ({ x }) => isWord(x),
  compute: (host, { x }, { perm }) => permute(host, x, perm),
});

/** `x` with its axes in the order of `perm`: on the same elements where they need not move. */
export function permute(host: Host, x: Info, perm: readonly number[]): Info {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const axes = permutedAxes(x.shape, perm);
  if (axes.length <= 1 && (axes[0]?.stride ?? 1) === 1) return host.reshaped(x, shape);
  const out = host.outputLike(x, shape);
  if (!shape.includes(0)) copyWords(host.kernels, axes, host.pointer(x), out.pointer);
  return out.info;
}

function permutedAxes(shape: Shape, perm: readonly number[]): Axis[] {
  const strides = stridesOf(shape);
  return mergedAxes(
    perm.map((axis) => shape[axis] ?? 1),
    perm.map((axis) => strides[axis] ?? 1),
  );
}
