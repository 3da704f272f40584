// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../shape.ts';
import { type AnyDropIn, defineDropIn } from './drop-in.ts';
import type { Info } from './host.ts';

/** tfjs names the axis in two ways, and has softmax along the last one only. */
interface Axis {
  readonly dim?: number;
  readonly axis?: number;
}

/** tfjs's kernel over the last axis of a float32 tensor, by the kernel of ours. */
export function overRows(name: 'softmax' | 'logSoftmax'): AnyDropIn {
  return defineDropIn<{ readonly logits: Info }, Axis>({
    takes({ logits: { dtype, shape } }, { dim, axis = dim ?? -1 }) {
      return dtype === 'float32' && (axis === -1 || axis === shape.length - 1);
    },
    compute(host, { logits }) {
      const out = host.output(logits.shape);
      const width = logits.shape.at(-1) ?? 1;
      const rows = sizeOf(logits.shape.slice(0, -1));
      if (width > 0) host.kernels[name](host.pointer(logits), out.pointer, rows, width);
      return out.info;
    },
  });
}
