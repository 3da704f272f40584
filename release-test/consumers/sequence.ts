// SPDX-License-Identifier: Apache-2.0
// A project with layers and cells: an LSTM learns to recall the first symbol of a sequence.
import { type InitOptions, init, setSeed, softmaxCrossEntropy, tensor, tidy } from '@tapeloop/core';
import { Dense, Embedding, Sequential } from '@tapeloop/layers';
import { adam, chain, clipByGlobalNorm, Optimizer } from '@tapeloop/optim';
import { DropoutWrapper, LSTMCell, RNN } from '@tapeloop/rnn';

/** Trains for a while and gives the loss of every step. */
export async function train(options: InitOptions = {}): Promise<number[]> {
  await init(options);
  setSeed(7);
  const symbols = Array.from({ length: 32 }, (_, i) =>
    Array.from({ length: 6 }, (_, t) => (i * 7 + t * t * (i + 3)) % 5),
  );
  const model = new Sequential([
    new Embedding(5, 8),
    new RNN(new DropoutWrapper(new LSTMCell(16), { outputKeepProb: 0.9 })),
    new Dense(5),
  ]);
  model.build([32, 6], 'int32');
  const rule = chain(clipByGlobalNorm(1), adam({ learningRate: 0.02 }));
  const optimizer = new Optimizer(model.parameters(), rule);

  const step = () => {
    const inputs = tensor(symbols, [32, 6], 'int32');
    const labels = tensor(
      symbols.map(([first = 0]) => first),
      [32],
      'int32',
    );
    const lossOf = () => softmaxCrossEntropy(model.call(inputs, { training: true }), labels);
    return optimizer.minimize(lossOf).value.item();
  };
  return Array.from({ length: 60 }, () => tidy(step));
}
