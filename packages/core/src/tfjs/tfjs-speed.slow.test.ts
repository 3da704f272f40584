// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, expect, test } from 'vitest';
import { init } from '../backend.ts';
import { accelerateTfjs } from './accelerate.ts';

afterAll(() => tf.disposeVariables());

// Measured: 4 to 7 times. Steps with and without take turns, so a busy machine slows both.
test("an LSTM model's step is at least twice as fast as with tfjs's kernels", async () => {
  tf.env().set('PROD', true);
  await init();
  const [batch, time, units] = [32, 16, 128];
  const model = sequential({
    layers: [
      layers.lstm({ units, recurrentInitializer: 'glorotUniform', inputShape: [time, units] }),
      layers.dense({ units: 10 }),
    ],
  });
  const optimizer = tf.train.adam(1e-3);
  const [x, y] = [tf.ones([batch, time, units]), tf.ones([batch, 10])];
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
  const ratios: number[] = [];
  for (let round = -3; round < 11; round++) {
    const stock = step();
    const { restore } = await accelerateTfjs();
    const ours = step();
    restore();
    if (round >= 0) ratios.push(stock / ours);
  }
  const median = ratios.sort((a, b) => a - b)[5] ?? 0;
  expect(median).toBeGreaterThan(2);
  tf.dispose([x, y]);
  model.dispose();
});
