// SPDX-License-Identifier: Apache-2.0

import type { PhiloxKernels } from '../reference/philox.ts';
import { type KernelCheck, lengths, waves } from './check-heap.ts';

/** A key and a counter whose lowest word runs over inside a draw. */
const stream = [0xa4093822, 0x299f31d0, 0xfffffff5, 0xffffffff, 3, 1] as const;

/** The checks of random numbers, all exact. */
export const philoxChecks: Record<keyof PhiloxKernels, KernelCheck> = {
  philoxBits: (heap) => {
    const outputs = lengths.map((n) => ({ n, out: heap.ints(new Int32Array(n)) }));
    return (k) => {
      for (const { n, out } of outputs) k.philoxBits(out, n, ...stream);
    };
  },
  philoxUniform: (heap) => {
    const outputs = lengths.map((n) => ({ n, out: heap.output(n, 0) }));
    return (k) => {
      for (const { n, out } of outputs) k.philoxUniform(out, n, ...stream);
    };
  },
  philoxDropout: (heap) => {
    const x = heap.floats(waves(119));
    const outputs = lengths.map((n) => ({ n, out: heap.output(n, 0) }));
    const inPlace = heap.output(waves(119), 0);
    return (k) => {
      for (const { n, out } of outputs) k.philoxDropout(x, out, n, 0.4, 1 / 0.6, ...stream);
      k.philoxDropout(inPlace, inPlace, 119, 0.4, 1 / 0.6, ...stream);
    };
  },
  philoxMask: (heap) => {
    const outputs = lengths.map((n) => ({ n, out: heap.output(n, 0) }));
    return (k) => {
      for (const { n, out } of outputs) k.philoxMask(out, n, 0.4, 1 / 0.6, ...stream);
    };
  },
};
