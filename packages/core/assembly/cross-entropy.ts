// SPDX-License-Identifier: Apache-2.0
// Softmax cross-entropy of logits[rows, n] with one int32 label a row. A row whose byte in `mask` is 0 counts as absent:
// its loss and its gradient are 0, whatever is in it. `mask` may be 0, which takes every row.

import { expAndSum, rowGreatest, scaleRow, sumOfExp } from './inline/exp-row'
import { log64 } from './inline/pow'
import { fill } from './copy'

/** `loss[row] = log Σ e^x - x[label]`, and the probabilities unless `probs` is 0; `probs` may be `logits`. */
export function softmaxCrossEntropy(
  logits: usize, labels: usize, mask: usize, loss: usize, probs: usize, rows: i32, n: i32,
): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    if (mask && load<u8>(mask + row) == 0) {
      store<f32>(loss, 0)
      if (probs) fill(probs, n, 0)
    } else {
      const greatest = rowGreatest(logits, n)
      const chosen = load<f32>(logits + (<usize>load<i32>(labels) << 2))
      let total: f64
      if (probs) {
        total = expAndSum(logits, probs, n, greatest)
        scaleRow(probs, probs, n, <f32>(1 / total))
      } else {
        total = sumOfExp(logits, n, greatest)
      }
      store<f32>(loss, <f32>(log64(total) + (<f64>greatest - <f64>chosen)))
    }
    logits += pitch
    labels += 4
    loss += 4
    if (probs) probs += pitch
  }
}

/** `dlogits = (probs - onehot(label)) · dloss[row]`; `dlogits` may be `probs`. */
export function softmaxCrossEntropyGrad(
  probs: usize, labels: usize, mask: usize, dloss: usize, dlogits: usize, rows: i32, n: i32,
): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    if (mask && load<u8>(mask + row) == 0) {
      fill(dlogits, n, 0)
    } else {
      const change = load<f32>(dloss)
      const label = <usize>load<i32>(labels) << 2
      const chosen = load<f32>(probs + label)
      scaleRow(probs, dlogits, n, change)
      store<f32>(dlogits + label, (chosen - 1) * change)
    }
    probs += pitch
    labels += 4
    dloss += 4
    dlogits += pitch
  }
}
