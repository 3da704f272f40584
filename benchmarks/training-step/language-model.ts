// SPDX-License-Identifier: Apache-2.0
import { softmaxCrossEntropy, type Tensor, tensor, tidy } from '@tapeloop/core';
import { Dense, Embedding, Layer } from '@tapeloop/layers';
import { adam, Optimizer } from '@tapeloop/optim';
import { LSTMCell, type LSTMState, RNN, type RNNCell, StackedRNNCells } from '@tapeloop/rnn';
import { adam as adamConstants, batches, firstWeights, type Workload } from './workload.ts';

/** Makes the cell of one of the two layers. */
export type CellOf = (layer: number) => RNNCell<LSTMState>;

/** The workload as a user of Tapeloop would write it. */
class LanguageModel extends Layer {
  readonly embedding: Embedding;
  readonly rnn: RNN<unknown>;
  readonly dense: Dense;

  constructor({ embedding, vocabulary }: Workload, cellOf: CellOf) {
    super();
    const cells = new StackedRNNCells([cellOf(0), cellOf(1)]);
    this.embedding = new Embedding(vocabulary, embedding);
    this.rnn = new RNN<unknown>(cells, { returnSequences: true, timeMajor: true });
    this.dense = new Dense(vocabulary);
  }

  protected override forward(ids: Tensor): Tensor {
    return this.dense.call(this.rnn.call(this.embedding.call(ids)));
  }
}

/** Trains the workload's model from its first weights. Needs `init()`. */
export class LanguageModelTrainer {
  readonly #workload: Workload;
  readonly #model: LanguageModel;
  readonly #optimizer: Optimizer;
  readonly #windows: readonly {
    readonly inputs: Int32Array<ArrayBuffer>;
    readonly targets: Int32Array<ArrayBuffer>;
  }[];
  #steps = 0;

  /** @param cellOf default: an `LSTMCell`; its parameters must be those of one, in their order. */
  constructor(workload: Workload, cellOf: CellOf = () => new LSTMCell(workload.hidden)) {
    this.#workload = workload;
    this.#model = new LanguageModel(workload, cellOf);
    this.#model.build([workload.time, workload.batch], 'int32');
    const parameters = this.#model.parameters();
    tidy(() => {
      firstWeights(workload).forEach(({ values, shape }, i) => {
        parameters[i]?.assign(tensor(values, shape));
      });
    });
    const rule = adam({ learningRate: workload.learningRate, ...adamConstants });
    this.#optimizer = new Optimizer(parameters, rule);
    this.#windows = batches(workload).map(({ inputs, targets }) => ({
      inputs: timeMajor(inputs, workload),
      targets: timeMajor(targets, workload),
    }));
  }

  /** One training step. Returns the loss in nats. */
  step(): number {
    const { time, batch } = this.#workload;
    const window = this.#windows[this.#steps++ % this.#windows.length];
    if (window === undefined) throw new Error('no windows.');
    return tidy(() => {
      const inputs = tensor(window.inputs, [time, batch]);
      const targets = tensor(window.targets, [time, batch]);
      const { value } = this.#optimizer.minimize(() =>
        softmaxCrossEntropy(this.#model.call(inputs, { training: true }), targets),
      );
      return value.item();
    });
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#model.dispose();
  }
}

/** `[batch, time]` as `[time, batch]`. */
function timeMajor(ids: Int32Array, { batch, time }: Workload): Int32Array<ArrayBuffer> {
  return Int32Array.from(
    { length: ids.length },
    (_, i) => ids[(i % batch) * time + Math.floor(i / batch)] ?? 0,
  );
}
