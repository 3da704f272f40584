// SPDX-License-Identifier: Apache-2.0

import type { AdagradKernels } from '../reference/adagrad.ts';
import type { AdamVariantKernels } from '../reference/adam-variants.ts';
import type { NormKernels } from '../reference/norm.ts';
import type { OptimizerKernels } from '../reference/optimizer.ts';
import {
  type CheckHeap,
  type KernelCheck,
  lengths,
  rounding,
  waves,
  wholes,
} from './check-heap.ts';

type Checked = OptimizerKernels & AdamVariantKernels & AdagradKernels & NormKernels;

/** The checks of optimizer updates and of norms. */
export const updateChecks: Record<keyof Checked, KernelCheck> = {
  sgdUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, out } of operands) k.sgdUpdate(p, g, out, n, 0.1, 0.02, 0.5);
    };
  },
  momentumUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const [i, { n, p, g, m, out }] of operands.entries()) {
        k.momentumUpdate(p, g, m, out, n, 0.1, 0.9, i % 2, 0.02, 0.5);
      }
    };
  },
  adamUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, m, v, out } of operands) {
        k.adamUpdate(p, g, m, v, out, n, 0.1, 0.9, 0.999, 1.5, 1e-3, 0.02, 1e-3, 0.5);
      }
    };
  },
  amsgradUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, m, v, velocity: largest, out } of operands) {
        k.amsgradUpdate(p, g, m, v, largest, out, n, 0.1, 0.9, 0.999, 1.5, 1e-3, 0.5);
      }
    };
  },
  nadamUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, m, v, out } of operands) {
        k.nadamUpdate(p, g, m, v, out, n, 0.1, 0.02, 0.9, 0.999, 1.5, 1e-3, 0.5);
      }
    };
  },
  adamaxUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, m, v, out } of operands) {
        k.adamaxUpdate(p, g, m, v, out, n, 0.1, 0.9, 0.999, 1e-3, 0.5);
      }
    };
  },
  lionUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, m, out } of operands) {
        k.lionUpdate(p, g, m, out, n, 0.1, 0.9, 0.99, 1e-3, 0.5);
      }
    };
  },
  adagradUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const { n, p, g, v, out } of operands) k.adagradUpdate(p, g, v, out, n, 0.1, 1e-3, 0.5);
    };
  },
  adadeltaUpdate: (heap) => {
    const squares = operandsOf(heap);
    const deltas = operandsOf(heap);
    return (k) => {
      for (const [i, { n, p, g, v, out }] of squares.entries()) {
        k.adadeltaUpdate(p, g, v, deltas[i]?.v ?? 0, out, n, 0.1, 0.9, 1e-3, 0.5);
      }
    };
  },
  rmspropUpdate: (heap) => {
    const operands = operandsOf(heap);
    return (k) => {
      for (const [i, { n, p, g, m, v, velocity, out }] of operands.entries()) {
        const [mean, speed] = [i > 0 ? m : 0, i > 1 ? velocity : 0];
        k.rmspropUpdate(p, g, v, mean, speed, out, n, 0.1, 0.9, 0.8, 1e-3, 0.02, 0.5);
      }
    };
  },
  squaredNorm: (heap) => {
    const lists = lengths.map((n) => ({ n, x: heap.floats(wholes(n)) }));
    return (k) => lists.map(({ n, x }) => k.squaredNorm(x, n)).join();
  },
  scaleInPlace: (heap) => {
    const lists = lengths.map((n) => ({ n, x: heap.output(waves(n), 0) }));
    return (k) => {
      for (const { n, x } of lists) k.scaleInPlace(x, n, 0.3);
    };
  },
};

/** Operands of every length; the last has no parameter, so that the update comes alone. */
function operandsOf(heap: CheckHeap) {
  return lengths.map((n, i) => ({
    n,
    p: i < 2 ? heap.floats(waves(n, 1, 1)) : 0,
    g: heap.floats(waves(n, 1, 2)),
    m: heap.output(waves(n, 0.2, 3), rounding),
    v: heap.output(
      waves(n, 1, 4).map((value) => value * value + 0.5),
      rounding,
    ),
    velocity: heap.output(waves(n, 1, 5), rounding),
    out: heap.output(n, rounding),
  }));
}
