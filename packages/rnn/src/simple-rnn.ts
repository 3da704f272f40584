// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';
import { registerModule } from '@tapeloop/layers';
import type { CellOptions } from './cell-options.ts';
import { RecurrentLayer, type RecurrentLayerOptions } from './recurrent-layer.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';

/** Options of `SimpleRNN`: those of `SimpleRNNCell` and of `RNN`, and dropout. */
export interface SimpleRNNOptions<ReturnState extends boolean = boolean>
  extends CellOptions,
    RecurrentLayerOptions<ReturnState> {}

/**
 * A `SimpleRNNCell` run over a sequence: `new RNN(new SimpleRNNCell(units, options), options)`, with
 * the dropout of `RecurrentDropout` where it is asked for.
 *
 * Shapes: those of `RNN` and `SimpleRNNCell`; parameters under the cell's names.
 *
 * @throws TypeError or ValueError as `SimpleRNNCell`, `RNN` and `RecurrentDropout` do.
 * @see Keras's `SimpleRNN`, whose arguments, defaults and weights these are.
 */
export class SimpleRNN<ReturnState extends boolean = false> extends RecurrentLayer<
  Tensor,
  ReturnState
> {
  readonly units: number;

  constructor(units: number, options: SimpleRNNOptions<ReturnState> = {}) {
    const { name: _, ...cellOptions } = options;
    super(new SimpleRNNCell(units, cellOptions), options);
    this.units = units;
  }

  override get className(): string {
    return 'SimpleRNN';
  }
}

interface SimpleRNNConfig extends SimpleRNNOptions {
  readonly units: number;
}

registerModule(
  'SimpleRNN',
  ({ units, ...options }: SimpleRNNConfig) => new SimpleRNN(units, options),
);
