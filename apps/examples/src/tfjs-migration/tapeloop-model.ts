// SPDX-License-Identifier: Apache-2.0
import { softmaxCrossEntropy, tensor, tidy } from '@tapeloop/core';
import { Dense, Embedding, Sequential } from '@tapeloop/layers';
import { adam, Optimizer } from '@tapeloop/optim';
import { LSTM } from '@tapeloop/rnn';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from './data.ts';
import type { ModelConfig } from './tfjs-model.ts';

/** The same model in layers of Tapeloop, with the weights of the old one. */
export class MigratedModel {
  readonly #model: Sequential;
  readonly #optimizer: Optimizer;

  constructor(old: LayersModel, characters: number, config: ModelConfig) {
    const { window, embedding, hidden, learningRate } = config;
    this.#model = new Sequential([
      new Embedding(characters, embedding),
      new LSTM(hidden),
      new Dense(characters),
    ]);
    this.#model.build([1, window], 'int32');
    copyWeights(old, this.#model);
    // tfjs's epsilon.
    const rule = adam({ learningRate, epsilon: 1e-7 });
    this.#optimizer = new Optimizer(this.#model.parameters(), rule);
  }

  /** One training step. Returns the loss in nats. */
  step({ inputs, targets }: Batch): number {
    return tidy(() => {
      const ids = tensor(inputs, [targets.length, inputs.length / targets.length]);
      const labels = tensor(targets);
      const { value } = this.#optimizer.minimize(() =>
        softmaxCrossEntropy(this.#model.call(ids, { training: true }), labels),
      );
      return value.item();
    });
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#model.dispose();
  }
}

/** Layouts and order of weights are Keras's in both. */
function copyWeights(from: LayersModel, to: Sequential): void {
  tidy(() => {
    const weights = from.getWeights();
    const named = to.namedParameters().map(([path], i) => {
      const weight = weights[i];
      if (weight === undefined) throw new RangeError(`copyWeights: no weight for ${path}.`);
      return [path, tensor(Float32Array.from(weight.dataSync()), weight.shape)] as const;
    });
    to.loadStateDict(new Map(named));
  });
}
