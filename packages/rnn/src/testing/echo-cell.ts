// SPDX-License-Identifier: Apache-2.0
import { type CellResult, RNNCell } from '../rnn-cell.ts';
import type { SizeTree } from '../size.ts';

/**
 * A cell without equations, which shows what wrappers and unrolls do: its output is its input, and
 * its new state the old one.
 */
export class EchoCell<State, Input> extends RNNCell<State, Input, Input> {
  readonly stateSize: SizeTree;
  readonly outputSize: SizeTree;

  constructor({ stateSize, outputSize }: { stateSize: SizeTree; outputSize: SizeTree }) {
    super();
    this.stateSize = stateSize;
    this.outputSize = outputSize;
  }

  protected override step(inputs: Input, state: State): CellResult<State, Input> {
    return { output: inputs, state };
  }
}
