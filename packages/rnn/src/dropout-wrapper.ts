// SPDX-License-Identifier: Apache-2.0
import {
  type CallContext,
  type LegacyLayer,
  noGraph,
  registerModule,
  scopeNameOf,
} from '@tapeloop/layers';
import { DropoutWrapperBase } from './dropout-wrapper-base.ts';
import {
  copyOfCell,
  type DropoutWrapperConfig,
  readDropoutConfig,
} from './dropout-wrapper-config.ts';
import type { CellResult } from './rnn-cell.ts';
import type { StateFilterVisitor } from './state-filter.ts';

/**
 * A cell whose inputs, outputs and states are dropped:
 * `(y, s') = cell(drop(x), s)`, then `drop(y)` and `drop(s')`, where `drop` keeps an element with a
 * probability `p` and scales it by `1 / p`. Output and state are dropped independently, also when
 * they are one tensor, and the state handed on is the dropped one.
 *
 * In inference it is the wrapped cell, bit for bit. Called by hand, outside any layer and without a
 * training flag, it drops.
 *
 * Variational masks belong to a run (`RNN` opens one at each call, `withRun` by hand) and are shared
 * by the rows of a batch, as upstream; stepped by hand outside a run, the wrapper keeps one mask
 * until `resetDropoutMasks()`. Beware of dropping a state that is carried on unsquashed: it grows by
 * `1 / p` at each step that keeps it.
 *
 * Its parameters are those of the wrapped cell, under the same paths. Wrappers with equal seeds and
 * sizes have equal masks: give each layer a seed of its own.
 *
 * Differs from upstream: a keep probability of 0 gives zeros where upstream fails, NaN is refused,
 * and the training flag is obeyed.
 *
 * @throws TypeError when `cell` is no cell, the visitor no function, the seed no safe integer, or an
 *   option does not exist; ValueError for a probability outside [0, 1], or when variational mode lacks
 *   `dtype` or `inputSize`.
 * @see TensorFlow's `tf.compat.v1.nn.rnn_cell.DropoutWrapper`; Zaremba et al. 2014, "Recurrent Neural
 *   Network Regularization"; Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout
 *   in Recurrent Neural Networks".
 */
export class DropoutWrapper<State, Input = unknown, Output = unknown>
  extends DropoutWrapperBase<State, Input, Output>
  implements LegacyLayer
{
  #isCalled = false;

  /**
   * Rebuilds a wrapper from what `getConfig` gave, its cell as a config or as it lives.
   *
   * @param customObjects visitors by name, looked up before the registered ones.
   * @throws TypeError or ValueError when the config names a visitor that does not exist.
   */
  static fromConfig(
    config: DropoutWrapperConfig,
    customObjects: Readonly<Record<string, StateFilterVisitor>> = {},
  ): DropoutWrapper<unknown> {
    const { cell, options } = readDropoutConfig('DropoutWrapper', config, customObjects);
    return new DropoutWrapper(cell, options);
  }

  override get className(): string {
    return 'DropoutWrapper';
  }

  get scopeName(): string {
    return scopeNameOf(this.className, this.name, this.#isCalled);
  }

  get graph(): never {
    throw noGraph(this.className);
  }

  override call(inputs: Input, state: State, context?: CallContext): CellResult<State, Output> {
    const result = super.call(inputs, state, context);
    this.#isCalled = true;
    return result;
  }

  /** Another name of `call`. */
  apply(inputs: Input, state: State, context?: CallContext): CellResult<State, Output> {
    return this.call(inputs, state, context);
  }

  /** Those of the wrapped cell, where it has any. */
  getLossesFor(inputs?: unknown): readonly unknown[] {
    return legacyOf(this.wrappedCell).getLossesFor?.(inputs) ?? [];
  }

  /** Those of the wrapped cell, where it has any. */
  getUpdatesFor(inputs?: unknown): readonly unknown[] {
    return legacyOf(this.wrappedCell).getUpdatesFor?.(inputs) ?? [];
  }

  /**
   * A wrapper like this one whose streams are at their start, around a copy of the cell without its
   * parameters' values, or around the same cell with `shareCell`.
   */
  clone({ shareCell = false } = {}): DropoutWrapper<State, Input, Output> {
    const { wrappedCell } = this;
    return new DropoutWrapper(shareCell ? wrappedCell : copyOfCell(wrappedCell), this.given);
  }
}

registerModule('DropoutWrapper', (config: DropoutWrapperConfig) =>
  DropoutWrapper.fromConfig(config),
);

/** The methods of TensorFlow 1 that a cell may have. */
function legacyOf(cell: object): Partial<LegacyLayer> {
  return cell;
}
