// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';
import { registerModule } from '@tapeloop/layers';
import { GRUCell, type GRUCellOptions } from './gru-cell.ts';
import { RecurrentLayer, type RecurrentLayerOptions } from './recurrent-layer.ts';

/** Options of `GRU`: those of `GRUCell` and of `RNN`, and dropout. */
export interface GRUOptions<ReturnState extends boolean = boolean>
  extends GRUCellOptions,
    RecurrentLayerOptions<ReturnState> {}

/**
 * A `GRUCell` run over a sequence: `new RNN(new GRUCell(units, options), options)`, with the dropout
 * of `RecurrentDropout` where it is asked for.
 *
 * Shapes: those of `RNN` and `GRUCell`; parameters under the cell's names.
 *
 * @throws TypeError or ValueError as `GRUCell`, `RNN` and `RecurrentDropout` do.
 * @see Keras's `GRU`, whose arguments, defaults and weights these are.
 */
export class GRU<ReturnState extends boolean = false> extends RecurrentLayer<Tensor, ReturnState> {
  readonly units: number;

  constructor(units: number, options: GRUOptions<ReturnState> = {}) {
    const { name: _, ...cellOptions } = options;
    super(new GRUCell(units, cellOptions), options);
    this.units = units;
  }

  override get className(): string {
    return 'GRU';
  }
}

interface GRUConfig extends GRUOptions {
  readonly units: number;
}

registerModule('GRU', ({ units, ...options }: GRUConfig) => new GRU(units, options));
