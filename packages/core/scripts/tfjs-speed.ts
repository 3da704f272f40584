// SPDX-License-Identifier: Apache-2.0
// How much faster models of tfjs-layers train with `accelerateTfjs`: steps with and without it take turns on the same
// model, and the median of each counts. Run it on a quiet machine.
//
//   node packages/core/scripts/tfjs-speed.ts

import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { init } from '../src/backend.ts';
import { median, timeSteps } from '../src/tfjs/speed-testing.ts';

/** A training step to measure. */
interface Contest {
  readonly name: string;
  readonly model: () => Sequential;
  readonly input: number[];
  readonly output: number[];
}

const rounds = 9;

const contests: readonly Contest[] = [
  ...[128, 256].map((units) => ({
    name: `2 LSTM layers of ${units}, batch 32, 64 steps`,
    model: () => recurrent(units),
    input: [32, 64, 75],
    output: [32, 64, 75],
  })),
  {
    name: 'GRU layer of 128, batch 32, 64 steps',
    model: () =>
      sequential({
        layers: [
          layers.gru({ ...recurrentOptions(128), inputShape: [64, 75] }),
          layers.dense({ units: 75 }),
        ],
      }),
    input: [32, 64, 75],
    output: [32, 64, 75],
  },
  {
    name: '3 dense layers of 512, batch 128',
    model: () =>
      sequential({
        layers: [
          layers.dense({ units: 512, activation: 'relu', inputShape: [256] }),
          layers.dense({ units: 512, activation: 'tanh' }),
          layers.dense({ units: 10 }),
        ],
      }),
    input: [128, 256],
    output: [128, 10],
  },
];

tf.env().set('PROD', true);
await init();
for (const contest of contests) await measure(contest);

async function measure({ name, model: make, input, output }: Contest): Promise<void> {
  const [model, x, y] = [make(), filled(input), filled(output)];
  const times = await timeSteps(model, x, y, rounds);
  const stock = median(times.map((time) => time.stock));
  const ours = median(times.map((time) => time.ours));
  console.log(
    `${name}: ${stock.toFixed(1)} ms with tfjs's kernels, ${ours.toFixed(1)} ms with ours, ` +
      `${(stock / ours).toFixed(1)} times as fast`,
  );
  tf.dispose([x, y]);
  model.dispose();
}

function recurrent(units: number): Sequential {
  return sequential({
    layers: [
      layers.lstm({ ...recurrentOptions(units), inputShape: [64, 75] }),
      layers.lstm(recurrentOptions(units)),
      layers.dense({ units: 75 }),
    ],
  });
}

function recurrentOptions(units: number) {
  // tfjs's default for recurrent weights, orthogonal, takes seconds.
  return { units, returnSequences: true, recurrentInitializer: 'glorotUniform' } as const;
}

function filled(shape: number[]): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.cos(i)),
    shape,
  );
}
