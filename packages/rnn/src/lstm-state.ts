// SPDX-License-Identifier: Apache-2.0
import { stateRecord, type Tensor } from '@tapeloop/core';

/**
 * The state of an LSTM: the cell state `c` and the hidden state `h`, each `[batch, units]`. Wrappers
 * recognise it by its class, as TensorFlow recognises `LSTMStateTuple`, and spare `c`.
 *
 * With another `Leaf` it describes such a state: sizes, or what a filter lets through.
 */
export class LSTMState<Leaf = Tensor> {
  readonly c: Leaf;
  readonly h: Leaf;

  constructor({ c, h }: { readonly c: Leaf; readonly h: Leaf }) {
    this.c = c;
    this.h = h;
  }

  /** Marks it as a state for `tensorsIn` and `mapTensors`. */
  get [stateRecord](): true {
    return true;
  }
}
