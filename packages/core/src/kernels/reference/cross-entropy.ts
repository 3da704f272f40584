// SPDX-License-Identifier: Apache-2.0

import { logTotalOf } from './softmax.ts';
import { float32View } from './views.ts';

/**
 * Softmax cross-entropy of `logits[rows, n]` with one int32 label a row, all labels in [0, n).
 *
 * `mask` is 0, or the address of a byte a row: a row whose byte is 0 counts as absent, so its loss,
 * probabilities and gradient are 0 whatever its logits and its label are.
 */
export interface CrossEntropyKernels {
  /**
   * `loss[row] = log Σ e^logits − logits[label]`, and in the same pass `probs = softmax(logits)`.
   *
   * @param probs address of [rows, n] floats, which may be `logits`; 0 leaves them out
   */
  softmaxCrossEntropy(
    logits: number,
    labels: number,
    mask: number,
    loss: number,
    probs: number,
    rows: number,
    n: number,
  ): void;
  /** `dlogits = (probs − onehot(labels)) · dloss[row]`; `dlogits` may be `probs`. */
  softmaxCrossEntropyGrad(
    probs: number,
    labels: number,
    mask: number,
    dloss: number,
    dlogits: number,
    rows: number,
    n: number,
  ): void;
}

/** The kernels of `CrossEntropyKernels` in float64, rounded once. */
export function createCrossEntropyReference(memory: WebAssembly.Memory): CrossEntropyKernels {
  const rowsOf = (labels: number, mask: number, rows: number) => {
    const view = new DataView(memory.buffer);
    return Array.from({ length: rows }, (_, row) => ({
      row,
      label: view.getInt32(labels + 4 * row, true),
      absent: mask !== 0 && view.getUint8(mask + row) === 0,
    }));
  };
  return {
    softmaxCrossEntropy(logits, labels, mask, loss, probs, rows, n) {
      const [from, losses] = [float32View(memory, logits), float32View(memory, loss)];
      const to = float32View(memory, probs);
      for (const { row, label, absent } of rowsOf(labels, mask, rows)) {
        const start = row * n;
        const { greatest, logTotal } = logTotalOf(from, start, n);
        losses.set(row, absent ? 0 : logTotal + (greatest - from.get(start + label)));
        for (let i = start; probs !== 0 && i < start + n; i++) {
          to.set(i, absent ? 0 : Math.exp(from.get(i) - greatest - logTotal));
        }
      }
    },
    softmaxCrossEntropyGrad(probs, labels, mask, dloss, dlogits, rows, n) {
      const [from, changes] = [float32View(memory, probs), float32View(memory, dloss)];
      const to = float32View(memory, dlogits);
      for (const { row, label, absent } of rowsOf(labels, mask, rows)) {
        for (let i = 0; i < n; i++) {
          const difference = from.get(row * n + i) - (i === label ? 1 : 0);
          to.set(row * n + i, absent ? 0 : difference * changes.get(row));
        }
      }
    },
  };
}
