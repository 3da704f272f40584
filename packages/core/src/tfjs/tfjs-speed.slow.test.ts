// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, expect, test } from 'vitest';
import { init } from '../backend.ts';
import { median, timeSteps } from './speed-testing.ts';

afterAll(() => tf.disposeVariables());

// Measured: 4 to 7 times.
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
  const [x, y] = [tf.ones([batch, time, units]), tf.ones([batch, 10])];
  const times = await timeSteps(model, x, y, 11);
  expect(median(times.map(({ stock, ours }) => stock / ours))).toBeGreaterThan(2);
  tf.dispose([x, y]);
  model.dispose();
});
