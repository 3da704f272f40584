// SPDX-License-Identifier: Apache-2.0
import { normalizeAxes, type Shape, sizeOf } from '../shape.ts';
import { type AnyDropIn, defineDropIn } from './drop-in.ts';
import type { Host, Info } from './host.ts';

type ReductionName = 'sum' | 'mean' | 'prod' | 'max' | 'min';

/** tfjs names the axes in two ways; without any it means all. */
interface Axes {
  readonly axis?: number | readonly number[] | null;
  readonly reductionIndices?: number | readonly number[] | null;
  readonly keepDims?: boolean;
}

/** A shape seen as [outer, n, inner], of which n is reduced. */
interface Run {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** tfjs's kernel that reduces some axes of a float32 tensor, by the kernel of ours. */
export function reduction(name: ReductionName): AnyDropIn {
  return defineDropIn<{ readonly x: Info }, Axes>({
    takes: ({ x }, attrs) =>
      x.dtype === 'float32' && runOf(x.shape, axesOf(x, attrs)) !== undefined,
    compute: (host, { x }, attrs) =>
      reduce(host, name, x, axesOf(x, attrs), attrs.keepDims === true),
  });
}

/** The reduction of axes that are neighbours; those of size 1 do not count. */
export function reduce(
  host: Host,
  name: ReductionName,
  x: Info,
  axes: readonly number[],
  keepDims: boolean,
): Info {
  const { outer, n, inner } = runOf(x.shape, axes) ?? { outer: sizeOf(x.shape), n: 1, inner: 1 };
  const shape = keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  const out = host.output(shape);
  host.kernels[name](host.pointer(x), out.pointer, outer, n, inner);
  return out.info;
}

function axesOf(x: Info, { axis, reductionIndices }: Axes): number[] {
  return normalizeAxes('reduction', axis ?? reductionIndices ?? undefined, x.shape.length);
}

/** The axes as one run, or undefined when an axis that stays lies between two that go. */
function runOf(shape: Shape, axes: readonly number[]): Run | undefined {
  const long = axes.filter((axis) => shape[axis] !== 1);
  const [first = 0] = long;
  const last = long.at(-1) ?? -1;
  const within = shape.slice(first, last + 1);
  const isRun = within.every((size, i) => size === 1 || axes.includes(first + i));
  if (!isRun) return undefined;
  return {
    outer: sizeOf(shape.slice(0, first)),
    n: sizeOf(within),
    inner: sizeOf(shape.slice(last + 1)),
  };
}
