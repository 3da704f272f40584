// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from './tensor.ts';

/**
 * The value of `x` as a constant: no gradient flows back through it. Shares `x`'s storage.
 *
 * @see TensorFlow's `tf.stop_gradient`, PyTorch's `Tensor.detach`.
 */
export function stopGradient(x: Tensor): Tensor {
  return x.shareAs(x.shape, 'stopGradient');
}
