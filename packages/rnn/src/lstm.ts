// SPDX-License-Identifier: Apache-2.0
import { registerModule } from '@tapeloop/layers';
import { LSTMCell, type LSTMCellOptions } from './lstm-cell.ts';
import type { LSTMState } from './lstm-state.ts';
import { RecurrentLayer, type RecurrentLayerOptions } from './recurrent-layer.ts';

/** Options of `LSTM`: those of `LSTMCell` and of `RNN`, and dropout. */
export interface LSTMOptions<ReturnState extends boolean = boolean>
  extends LSTMCellOptions,
    RecurrentLayerOptions<ReturnState> {}

/**
 * An `LSTMCell` run over a sequence: `new RNN(new LSTMCell(units, options), options)`, with the dropout
 * of `RecurrentDropout` where it is asked for.
 *
 * Shapes: those of `RNN` and `LSTMCell`; parameters under the cell's names.
 *
 * @throws TypeError or ValueError as `LSTMCell`, `RNN` and `RecurrentDropout` do.
 * @see Keras's `LSTM`, whose arguments, defaults and weights these are.
 */
export class LSTM<ReturnState extends boolean = false> extends RecurrentLayer<
  LSTMState,
  ReturnState
> {
  readonly units: number;

  constructor(units: number, options: LSTMOptions<ReturnState> = {}) {
    const { name: _, ...cellOptions } = options;
    super(new LSTMCell(units, cellOptions), options);
    this.units = units;
  }

  override get className(): string {
    return 'LSTM';
  }
}

interface LSTMConfig extends LSTMOptions {
  readonly units: number;
}

registerModule('LSTM', ({ units, ...options }: LSTMConfig) => new LSTM(units, options));
