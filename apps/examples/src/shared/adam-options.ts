// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import { adam, adamw, chain, clipByGlobalNorm, Optimizer, warmupCosine } from '@tapeloop/optim';
import { integer, type OptionValues, real } from './options.ts';
import { UserError } from './user-error.ts';

/** The options of Adam whose rate rises for a few steps, then falls to 0 along half a cosine. */
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

/**
 * The optimizer that the options describe.
 *
 * @param config `weightDecay`: share of a weight that a step with learning rate 1 would take away.
 */
export function makeAdam(
  parameters: Iterable<Parameter>,
  { weightDecay = 0, ...config }: AdamConfig & { readonly weightDecay?: number },
): Optimizer {
  const learningRate = warmupCosine({
    peak: config.learningRate,
    warmupSteps: config.warmup,
    totalSteps: config.steps,
  });
  const rule = weightDecay > 0 ? adamw({ learningRate, weightDecay }) : adam({ learningRate });
  return new Optimizer(parameters, chain(clipByGlobalNorm(config.clip), rule));
}
