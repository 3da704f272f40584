// SPDX-License-Identifier: Apache-2.0
import type { Tensor, Tree } from '@tapeloop/core';
import type { CallContext } from '@tapeloop/layers';

/** What a recurrent language model is called with besides the ids. */
export interface LanguageModelContext<State extends Tree> extends CallContext {
  /** The state after the text before these ids; default: the start of a text. */
  readonly state?: State | undefined;
}

/** What a recurrent language model gives. */
export interface Prediction<State extends Tree> {
  /** `[time, batch, vocabulary]`: softmax of them is the distribution of the next token. */
  readonly logits: Tensor;
  /** The state after these ids: tensors `[batch, …]`. */
  readonly state: State;
}

/** Any model that predicts the next token from those before, in the order of time. */
export interface RecurrentLanguageModel<State extends Tree> {
  /** Reads ids, and predicts what follows each. @param ids int32 `[time, batch]`. */
  call(ids: Tensor, context?: LanguageModelContext<State>): Prediction<State>;
}
