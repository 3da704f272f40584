// SPDX-License-Identifier: Apache-2.0
import { integer, type OptionValues, real, UserError } from '@tapeloop/train/node';

/** The options of `scheduledAdam`: its rate rises for a few steps, then falls to 0. */
export function adamOptions(byDefault: { readonly steps: number; readonly learningRate: number }) {
  const { steps, learningRate } = byDefault;
  return {
    steps: integer({ default: steps, min: 1, help: 'training steps' }),
    learningRate: real({
      default: learningRate,
      min: 0,
      above: true,
      help: 'highest rate of Adam',
    }),
    warmup: integer({ default: 20, min: 0, help: 'steps until the learning rate is reached' }),
    clip: real({ default: 1, min: 0, above: true, help: 'longest gradient, over all parameters' }),
  } as const;
}

/** Values of `adamOptions`. */
export type AdamConfig = OptionValues<ReturnType<typeof adamOptions>>;

/** @throws UserError when the warm-up would never end. */
export function checkWarmup({ warmup, steps }: AdamConfig): void {
  if (warmup < steps) return;
  throw new UserError(
    `--warmup must be less than --steps, got ${warmup} and ${steps}. Add --warmup ` +
      `${Math.floor(steps / 10)}.`,
  );
}
