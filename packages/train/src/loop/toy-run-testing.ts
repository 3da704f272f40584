// SPDX-License-Identifier: Apache-2.0
import { setSeed, softmaxCrossEntropy, type Tensor, tensor } from '@tapeloop/core';
import { type CallContext, Dense, Embedding, Layer } from '@tapeloop/layers';
import { adam, chain, clipByGlobalNorm, Optimizer, type OptimizerOptions } from '@tapeloop/optim';
import { DropoutWrapper, LSTMCell, type LSTMState, RNN } from '@tapeloop/rnn';
import { ContiguousBatches, type TextWindow } from '../data/contiguous-batches.ts';
import type { BatchLoss, LossContext } from './loss-function.ts';
import { TrainingRun } from './training-run.ts';

interface ToyContext extends CallContext {
  readonly state?: LSTMState | undefined;
}

/** A small language model with dropout, so that a run has random streams and carries a state. */
export class ToyModel extends Layer<{ logits: Tensor; state: LSTMState }, ToyContext> {
  readonly embedding = new Embedding(tokens, 6);
  readonly rnn = new RNN(new DropoutWrapper(new LSTMCell(8), { outputKeepProb: 0.8 }), {
    timeMajor: true,
    returnSequences: true,
    returnState: true,
  });
  readonly scores = new Dense(tokens);

  protected override forward(ids: Tensor, _training: boolean, { state }: ToyContext = {}) {
    const start = state === undefined ? {} : { initialState: state };
    const { output, state: after } = this.rnn.call(this.embedding.call(ids), start);
    return { logits: this.scores.call(output), state: after };
  }
}

const tokens = 7;

/** Ids that can be learnt in part: a wave and what its square adds. */
export const toyIds = Int32Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % tokens);

/** The loss of a window. */
export function toyLoss(model: ToyModel) {
  return (
    { inputs, targets, time, batch }: TextWindow,
    { carried, training }: LossContext<LSTMState>,
  ): BatchLoss<LSTMState> => {
    const ids = tensor(inputs, [time, batch]);
    const { logits, state } = model.call(ids, { state: carried, training });
    return { loss: softmaxCrossEntropy(logits, tensor(targets, [time, batch])), carried: state };
  };
}

/** A run on `toyIds`: 9 windows of 6 steps a pass, the last one shorter. */
export function toyRun(
  options: OptimizerOptions & { readonly learningRate?: number } = {},
): TrainingRun<TextWindow, LSTMState> {
  setSeed(3);
  const batch = 8;
  const model = new ToyModel();
  model.build([6, batch], 'int32');
  const { learningRate = 0.02, ...rest } = options;
  const rule = chain(clipByGlobalNorm(1), adam({ learningRate }));
  return new TrainingRun({
    model,
    optimizer: new Optimizer(model.parameters(), rule, rest),
    data: new ContiguousBatches(toyIds, { batch, window: 6 }),
    loss: toyLoss(model),
    emptyCarried: () => model.rnn.cell.zeroState(batch),
  });
}
