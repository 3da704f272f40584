// SPDX-License-Identifier: Apache-2.0
import { softmaxCrossEntropy, type Tree, tensor } from '@tapeloop/core';
import type { TextWindow } from '../data/contiguous-batches.ts';
import type { RecurrentLanguageModel } from '../generate/language-model.ts';
import type { LossFunction } from '../loop/loss-function.ts';

/**
 * The mean cross-entropy of the next token, in nats, over a window of text; the model's state is
 * carried from window to window. Gradients end at the window: truncated backpropagation through time.
 *
 * @see Williams and Peng 1990, "An Efficient Gradient-Based Algorithm for On-Line Training of
 *   Recurrent Network Trajectories".
 */
export function languageModelLoss<State extends Tree>(
  model: RecurrentLanguageModel<State>,
): LossFunction<TextWindow, State> {
  return ({ inputs, targets, time, batch }, { carried, training }) => {
    const { logits, state } = model.call(tensor(inputs, [time, batch]), {
      state: carried,
      training,
    });
    const loss = softmaxCrossEntropy(logits, tensor(targets, [time, batch]));
    return { loss, carried: state };
  };
}
