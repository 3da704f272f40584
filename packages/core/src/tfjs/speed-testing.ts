// SPDX-License-Identifier: Apache-2.0
// Times training steps of tfjs-layers models with tfjs's kernels and with ours.
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { accelerateTfjs } from './accelerate.ts';

/** The milliseconds of one training step with tfjs's kernels and of one with ours. */
export interface StepTimes {
  readonly stock: number;
  readonly ours: number;
}

/** Pairs of steps that come before those that count. */
const WARM_UP = 3;

/**
 * Trains a model by Adam on one batch, with the WASM backend selected. Steps with and without
 * `accelerateTfjs` take turns, so that a busy machine slows both.
 */
export async function timeSteps(
  model: Sequential,
  x: tf.Tensor,
  y: tf.Tensor,
  rounds: number,
): Promise<StepTimes[]> {
  const optimizer = tf.train.adam(1e-3);
  const step = () => {
    const start = performance.now();
    const loss = optimizer.minimize(() => {
      const predicted = model.apply(x, { training: true });
      if (!(predicted instanceof tf.Tensor)) throw new Error('the model must have one output.');
      return tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(y, predicted);
    }, true);
    loss?.dataSync();
    loss?.dispose();
    return performance.now() - start;
  };
  const times: StepTimes[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const stock = step();
    const { restore } = await accelerateTfjs();
    const ours = step();
    restore();
    times.push({ stock, ours });
  }
  optimizer.dispose();
  return times.slice(WARM_UP);
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
