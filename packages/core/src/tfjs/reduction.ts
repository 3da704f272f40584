// SPDX-License-Identifier: Apache-2.0
import { keptShape, runsOf } from '../ops/reduction.ts';
import { normalizeAxes, sizeOf } from '../shape.ts';
import { type AnyDropIn, defineDropIn } from './drop-in.ts';
import type { Info } from './host.ts';

type ReductionName = 'sum' | 'mean' | 'prod' | 'max' | 'min';

/** tfjs names the axes in two ways; without any it means all. */
interface Axes {
  readonly axis?: number | readonly number[] | null;
  readonly reductionIndices?: number | readonly number[] | null;
  readonly keepDims?: boolean;
}

/** tfjs's kernel that reduces axes that are neighbours of a float32 tensor, by the kernel of ours. */
export function reduction(name: ReductionName): AnyDropIn {
  return defineDropIn<{ readonly x: Info }, Axes>({
    takes: ({ x }, attrs) => x.dtype === 'float32' && runsOf(x.shape, axesOf(x, attrs)).length <= 1,
    compute(host, { x }, attrs) {
      const axes = axesOf(x, attrs);
      const [run = { outer: sizeOf(x.shape), n: 1, inner: 1 }] = runsOf(x.shape, axes);
      const out = host.output(
        attrs.keepDims === true
          ? keptShape(x.shape, axes)
          : x.shape.filter((_, axis) => !axes.includes(axis)),
      );
      host.kernels[name](host.pointer(x), out.pointer, run.outer, run.n, run.inner);
      return out.info;
    },
  });
}

function axesOf(x: Info, { axis, reductionIndices }: Axes): number[] {
  return normalizeAxes('reduction', axis ?? reductionIndices ?? undefined, x.shape.length);
}
