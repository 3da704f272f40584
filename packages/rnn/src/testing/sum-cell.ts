// SPDX-License-Identifier: Apache-2.0
import { add, type Tensor } from '@tapeloop/core';
import { type CellResult, RNNCell } from '../rnn-cell.ts';

/** The running sum of its inputs, so that outputs tell which steps were taken. */
export class SumCell extends RNNCell<Tensor> {
  readonly stateSize: number;
  readonly outputSize: number;

  constructor(size: number) {
    super();
    this.stateSize = size;
    this.outputSize = size;
  }

  protected override step(inputs: Tensor, state: Tensor): CellResult<Tensor> {
    const sum = add(inputs, state);
    return { output: sum, state: sum };
  }
}
