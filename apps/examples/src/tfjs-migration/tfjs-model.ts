// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import type { ComparisonConfig } from './config.ts';
import type { Batch } from './data.ts';

/** Options that shape the model. */
export type ModelConfig = Pick<
  ComparisonConfig,
  'window' | 'embedding' | 'hidden' | 'learningRate' | 'seed'
>;

/**
 * The model as a user of tfjs-layers has it: embedding, LSTM, dense layer, compiled with Adam. It
 * knows nothing of Tapeloop.
 *
 * @param characters number of ids.
 */
export function makeTfjsModel(characters: number, config: ModelConfig): LayersModel {
  const { window, embedding, hidden, learningRate, seed } = config;
  const glorot = (offset: number) => initializers.glorotUniform({ seed: seed + offset });
  const model = sequential({
    layers: [
      layers.embedding({
        inputDim: characters,
        outputDim: embedding,
        inputLength: window,
        embeddingsInitializer: initializers.randomUniform({ minval: -0.05, maxval: 0.05, seed }),
      }),
      layers.lstm({
        units: hidden,
        recurrentActivation: 'sigmoid',
        kernelInitializer: glorot(1),
        recurrentInitializer: glorot(2),
      }),
      layers.dense({ units: characters, activation: 'softmax', kernelInitializer: glorot(3) }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(learningRate),
    loss: 'sparseCategoricalCrossentropy',
  });
  return model;
}

/** One training step of a compiled model. Returns the loss in nats. */
export async function tfjsStep(model: LayersModel, { inputs, targets }: Batch): Promise<number> {
  const [batch, window] = [targets.length, inputs.length / targets.length];
  const ids = tf.tensor2d(inputs, [batch, window], 'int32');
  const labels = tf.tensor2d([...targets], [batch, 1], 'float32');
  try {
    return Number(await model.trainOnBatch(ids, labels));
  } finally {
    tf.dispose([ids, labels]);
  }
}

/** tfjs-layers leaves an optimizer that it was given to the caller. */
export function disposeTfjsModel(model: LayersModel): void {
  model.optimizer.dispose();
  model.dispose();
}
