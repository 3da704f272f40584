// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, type DType } from '@tapeloop/core';
import {
  type Config,
  type InputShape,
  type Module,
  type ModuleOptions,
  toConfig,
} from '@tapeloop/layers';
import { type InitialStateOptions, RNNCell } from './rnn-cell.ts';
import type { SizeTree } from './size.ts';

/**
 * A cell around a cell. Sizes, initial states and parameters are the wrapped cell's, the parameters
 * under the same paths: values that were saved with one wrapping load into another.
 */
export abstract class CellWrapper<State> extends RNNCell<State> {
  readonly wrappedCell: RNNCell<State>;

  /** @throws TypeError when `cell` is no cell. */
  constructor(cell: RNNCell<State>, options: ModuleOptions) {
    super(options);
    if (!(cell instanceof RNNCell)) {
      const expected = 'an RNNCell';
      throw new TypeError(
        argumentMessage({ op: this.className, argument: 'cell', expected, received: cell }),
      );
    }
    this.wrappedCell = cell;
  }

  override get stateSize(): SizeTree {
    return this.wrappedCell.stateSize;
  }

  override get outputSize(): SizeTree {
    return this.wrappedCell.outputSize;
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['', this.wrappedCell]]);
  }

  override zeroState(batchSize: number, dtype?: DType): State {
    return this.wrappedCell.zeroState(batchSize, dtype);
  }

  override getInitialState(options: InitialStateOptions): State {
    return this.wrappedCell.getInitialState(options);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cell: toConfig(this.wrappedCell) };
  }

  protected override createParameters(inputShape: InputShape): void {
    this.wrappedCell.build(inputShape);
  }
}
