// SPDX-License-Identifier: Apache-2.0
// Models of tfjs-layers that train on the WASM backend.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { init } from '../backend.ts';
import { type Acceleration, accelerateTfjs } from './accelerate.ts';

/** A model, and what it learns from. */
interface Task {
  readonly model: () => Sequential;
  readonly inputs: () => tf.Tensor;
  readonly targets: () => tf.Tensor;
  readonly loss: 'categoricalCrossentropy' | 'meanSquaredError';
  readonly learningRate: number;
}

const [batch, time, vocabulary] = [24, 7, 13];

/** Numbers that all differ, alike on every backend. */
const cosines = (shape: number[], scale: number, phase = 0) =>
  tf.tensor(
    Float32Array.from(
      { length: tf.util.sizeFromShape(shape) },
      (_, i) => scale * Math.cos(i + phase),
    ),
    shape,
  );

const oneHot = (classes: number) => () =>
  tf.tidy(() => {
    const ids = Int32Array.from({ length: batch }, (_, i) => (i * 5) % classes);
    return tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), classes), 'float32');
  });

const language: Task = {
  model: () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: vocabulary, outputDim: 10, inputLength: time }),
        layers.lstm({ units: 12, recurrentInitializer: 'glorotUniform', returnSequences: true }),
        layers.gru({ units: 9, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: vocabulary, activation: 'softmax' }),
      ],
    }),
  inputs: () =>
    tf.tensor2d(
      Float32Array.from({ length: batch * time }, (_, i) => (i * 11) % vocabulary),
      [batch, time],
    ),
  targets: oneHot(vocabulary),
  loss: 'categoricalCrossentropy',
  learningRate: 0.02,
};

const images: Task = {
  model: () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 6, kernelSize: 3, inputShape: [10, 9, 2], activation: 'relu' }),
        layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'tanh' }),
        layers.conv2d({ filters: 4, kernelSize: 2, strides: 2, padding: 'same' }),
        layers.flatten(),
        layers.dense({ units: 5, activation: 'softmax' }),
      ],
    }),
  inputs: () => cosines([batch, 10, 9, 2], 1),
  targets: oneHot(5),
  loss: 'categoricalCrossentropy',
  learningRate: 0.003,
};

const perceptron: Task = {
  model: () =>
    sequential({
      layers: [
        layers.dense({ units: 16, inputShape: [8], activation: 'elu' }),
        layers.batchNormalization(),
        layers.dense({ units: 8, activation: 'sigmoid' }),
        layers.dense({ units: 3 }),
      ],
    }),
  inputs: () => cosines([batch, 8], 1),
  targets: () => cosines([batch, 3], 0.5, 3),
  loss: 'meanSquaredError',
  learningRate: 0.02,
};

let acceleration: Acceleration | undefined;

beforeAll(async () => {
  // tfjs greets on the console unless told otherwise; its test mode takes its own fused ops for leaks.
  tf.env().set('PROD', true);
  await init();
});

afterEach(() => {
  acceleration?.restore();
  acceleration = undefined;
});

describe('12 steps of fit: the losses are those of the CPU backend to 1e-4', () => {
  test.each([
    ['embedding, LSTM, GRU and dense', language],
    ['convolutions and dense', images],
    ['dense and batch normalization', perceptron],
  ])('%s', async (_, task) => {
    const want = await losses('cpu', task);
    acceleration = await accelerateTfjs();
    const got = await losses('wasm', task);
    expect(want).toHaveLength(12);
    expect(want[11]).toBeLessThan(0.98 * (want[0] ?? 0));
    want.forEach((loss, i) => {
      expect(Math.abs((got[i] ?? Number.NaN) - loss)).toBeLessThan(1e-4 * loss);
    });
  });
});

describe('without acceleration the WASM backend of tfjs', () => {
  test.each([
    ['an embedding', language, 'UnsortedSegmentSum'],
    ['a convolution', images, 'Conv2DBackprop'],
  ])('does not train %s', async (_, task, kernel) => {
    await expect(losses('wasm', task)).rejects.toThrow(kernel);
  });
});

test('steps of fit leave no tensor behind', async () => {
  acceleration = await accelerateTfjs();
  await tf.setBackend('wasm');
  const [x, y, model] = [language.inputs(), language.targets(), compiled(language)];
  await model.fit(x, y, { epochs: 1, verbose: 0 });
  const before = tf.memory().numTensors;
  await model.fit(x, y, { epochs: 4, verbose: 0 });
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, y]);
  model.dispose();
});

async function losses(backend: string, task: Task): Promise<number[]> {
  await tf.setBackend(backend);
  const [x, y, model] = [task.inputs(), task.targets(), compiled(task)];
  try {
    const history = await model.fit(x, y, {
      epochs: 12,
      batchSize: batch,
      shuffle: false,
      verbose: 0,
    });
    return (history.history['loss'] ?? []).map(Number);
  } finally {
    tf.dispose([x, y]);
    model.dispose();
    await tf.setBackend('wasm');
  }
}

/** The model with weights that all differ, the same on every backend. */
function compiled({ model: make, loss, learningRate }: Task): Sequential {
  const model = make();
  const weights = model.getWeights().map(({ shape }, i) => {
    const isMovingVariance = shape.length === 1 && shape[0] === 16 && i === 5;
    return isMovingVariance ? tf.ones(shape) : cosines(shape, 0.4, i);
  });
  model.setWeights(weights);
  tf.dispose(weights);
  model.compile({ optimizer: tf.train.adam(learningRate), loss });
  return model;
}
