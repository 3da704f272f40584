// SPDX-License-Identifier: Apache-2.0
// A project with @tapeloop/core alone: a line fitted by gradient descent written out.
import {
  init,
  meanSquaredError,
  Parameter,
  scalar,
  tensor,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';

/** Trains for a while and gives the loss of every step. */
export async function train(): Promise<number[]> {
  await init();
  const slope = new Parameter('slope', scalar(0));
  const offset = new Parameter('offset', scalar(0));
  const xs = Array.from({ length: 16 }, (_, i) => i / 8 - 1);

  const step = () => {
    const x = tensor(xs);
    const y = tensor(xs.map((value) => 3 * value - 2));
    const { value: loss, gradients } = valueAndGrad(
      () => meanSquaredError(x.mul(slope.value).add(offset.value), y),
      [slope, offset],
    );
    for (const [parameter, gradient] of gradients) {
      parameter.assign(parameter.value.sub(gradient.mul(0.2)));
    }
    return loss.item();
  };
  return Array.from({ length: 60 }, () => tidy(step));
}
