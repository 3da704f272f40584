// SPDX-License-Identifier: Apache-2.0
import { init, softmaxCrossEntropy, type Tensor, tensor, tidy } from '@tapeloop/core';
import { Dense, Embedding, Layer } from '@tapeloop/layers';
import { adam, Optimizer } from '@tapeloop/optim';
import { LSTMCell, RNN, StackedRNNCells } from '@tapeloop/rnn';
import { serve, type Trainer } from '../harness/serve.ts';
import { adam as adamConstants, batches, firstWeights, type Workload } from './workload.ts';

/** The workload as a user of Tapeloop would write it. */
class LanguageModel extends Layer {
  readonly embedding: Embedding;
  readonly rnn: RNN<unknown>;
  readonly dense: Dense;

  constructor({ hidden, embedding, vocabulary }: Workload) {
    super();
    const cells = [new LSTMCell(hidden), new LSTMCell(hidden)];
    this.embedding = new Embedding(vocabulary, embedding);
    this.rnn = new RNN(new StackedRNNCells(cells), { returnSequences: true, timeMajor: true });
    this.dense = new Dense(vocabulary);
  }

  protected override forward(ids: Tensor): Tensor {
    return this.dense.call(this.rnn.call(this.embedding.call(ids)));
  }
}

async function prepare(workload: Workload): Promise<Trainer> {
  const { kernels } = await init();
  const model = new LanguageModel(workload);
  model.build([workload.time, workload.batch], 'int32');
  loadFirstWeights(model, workload);
  const parameters = model.parameters();
  const rule = adam({ learningRate: workload.learningRate, ...adamConstants });
  const optimizer = new Optimizer(parameters, rule);
  const windows = batches(workload).map(({ inputs, targets }) => ({
    inputs: timeMajor(inputs, workload),
    targets: timeMajor(targets, workload),
  }));
  let steps = 0;
  return {
    identity: { name: 'Tapeloop', version: 'this commit', build: `${kernels} kernels`, threads: 1 },
    step() {
      const window = windows[steps++ % windows.length];
      if (window === undefined) throw new Error('no windows.');
      return tidy(() => {
        const [inputs, targets] = [window.inputs, window.targets].map((ids) =>
          tensor(ids, [workload.time, workload.batch]),
        );
        if (inputs === undefined || targets === undefined) throw new Error('no tensors.');
        const { value } = optimizer.minimize(() =>
          softmaxCrossEntropy(model.call(inputs, { training: true }), targets),
        );
        return value.item();
      });
    },
    dispose() {
      optimizer.dispose();
      model.dispose();
    },
  };
}

/** The parameters come in the order of `firstWeights`. */
function loadFirstWeights(model: LanguageModel, workload: Workload): void {
  const parameters = model.parameters();
  tidy(() => {
    firstWeights(workload).forEach(({ values, shape }, i) => {
      parameters[i]?.assign(tensor(values, shape));
    });
  });
}

/** `[batch, time]` as `[time, batch]`. */
function timeMajor(ids: Int32Array, { batch, time }: Workload): Int32Array<ArrayBuffer> {
  return Int32Array.from(
    { length: ids.length },
    (_, i) => ids[(i % batch) * time + Math.floor(i / batch)] ?? 0,
  );
}

await serve(prepare);
