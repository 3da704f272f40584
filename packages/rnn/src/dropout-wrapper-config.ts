// SPDX-License-Identifier: Apache-2.0
import { type SavedModule, toConfig } from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import { RNNCell } from './rnn-cell.ts';
import type { StateFilterVisitor } from './state-filter.ts';
import { stateFilterOf } from './state-filter-names.ts';

/** The config of a dropout wrapper. */
export interface DropoutWrapperConfig
  extends Omit<DropoutWrapperOptions, 'dropoutStateFilterVisitor'> {
  /** What `toConfig` made of the wrapped cell, or the cell itself. */
  readonly cell: SavedModule | RNNCell<unknown>;
  /** The visitor's name; absent for the default. */
  readonly dropoutFn?: string;
  readonly dropoutFnType?: string;
}

/**
 * The arguments that a config stands for.
 *
 * @throws TypeError when the cell's config is no cell's or the visitor's type not `'function'`;
 *   ValueError when nobody has the visitor's name.
 */
export function readDropoutConfig(
  op: string,
  config: DropoutWrapperConfig,
  customObjects: Readonly<Record<string, StateFilterVisitor>>,
): { cell: RNNCell<unknown, unknown, unknown>; options: DropoutWrapperOptions } {
  const { cell, dropoutFn, dropoutFnType, ...rest } = config;
  const visitor =
    dropoutFn === undefined
      ? {}
      : {
          dropoutStateFilterVisitor: stateFilterOf(op, dropoutFn, dropoutFnType, customObjects),
        };
  const wrapped = cell instanceof RNNCell ? cell : cellFromConfig(cell);
  // A cell from a config takes whatever its class takes.
  return { cell: wrapped as RNNCell<unknown, unknown, unknown>, options: { ...rest, ...visitor } };
}

/** A cell with the same config, and so of the same type. */
export function copyOfCell<State, Input, Output>(
  cell: RNNCell<State, Input, Output>,
): RNNCell<State, Input, Output> {
  return cellFromConfig(toConfig(cell)) as unknown as RNNCell<State, Input, Output>;
}
