// SPDX-License-Identifier: Apache-2.0
// A project with @tapeloop/optim and @tapeloop/core: the same line, fitted by Adam.
import { init, meanSquaredError, Parameter, scalar, tensor, tidy } from '@tapeloop/core';
import { adam, chain, clipByGlobalNorm, Optimizer } from '@tapeloop/optim';

/** Trains for a while and gives the loss of every step. */
export async function train(): Promise<number[]> {
  await init();
  const slope = new Parameter('slope', scalar(0));
  const offset = new Parameter('offset', scalar(0));
  const rule = chain(clipByGlobalNorm(1), adam({ learningRate: 0.2 }));
  const optimizer = new Optimizer([slope, offset], rule);
  const xs = Array.from({ length: 16 }, (_, i) => i / 8 - 1);

  const step = () => {
    const x = tensor(xs);
    const y = tensor(xs.map((value) => 3 * value - 2));
    const lossOf = () => meanSquaredError(x.mul(slope.value).add(offset.value), y);
    return optimizer.minimize(lossOf).value.item();
  };
  return Array.from({ length: 60 }, () => tidy(step));
}
