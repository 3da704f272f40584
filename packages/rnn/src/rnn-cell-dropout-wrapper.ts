// SPDX-License-Identifier: Apache-2.0
import { registerModule } from '@tapeloop/layers';
import { DropoutWrapperBase } from './dropout-wrapper-base.ts';
import {
  copyOfCell,
  type DropoutWrapperConfig,
  readDropoutConfig,
} from './dropout-wrapper-config.ts';
import type { InitialStateOptions } from './rnn-cell.ts';
import type { StateFilterVisitor } from './state-filter.ts';

/**
 * `DropoutWrapper` with the face of TensorFlow 2: without the members of TensorFlow 1, and with an
 * initial state that takes size and dtype from the inputs wherever there are any.
 *
 * Differs from upstream: the wrapped cell's own initial state is used, where upstream makes zeros; and
 * the cell state c of an `LSTMState` is spared, as in TensorFlow 2.0, where later versions drop it and
 * refuse Keras's `LSTMCell` instead.
 *
 * @throws what `DropoutWrapper` throws.
 * @see TensorFlow's `tf.nn.RNNCellDropoutWrapper`.
 */
export class RNNCellDropoutWrapper<
  State,
  Input = unknown,
  Output = unknown,
> extends DropoutWrapperBase<State, Input, Output> {
  /** As `DropoutWrapper.fromConfig`. */
  static fromConfig(
    config: DropoutWrapperConfig,
    customObjects: Readonly<Record<string, StateFilterVisitor>> = {},
  ): RNNCellDropoutWrapper<unknown> {
    const { cell, options } = readDropoutConfig('RNNCellDropoutWrapper', config, customObjects);
    return new RNNCellDropoutWrapper(cell, options);
  }

  override get className(): string {
    return 'RNNCellDropoutWrapper';
  }

  /** The wrapped cell's: size and dtype are the inputs' wherever there are any. */
  override getInitialState({ inputs, ...rest }: InitialStateOptions): State {
    return super.getInitialState(inputs === undefined ? rest : { inputs });
  }

  /** As `DropoutWrapper.clone`. */
  clone({ shareCell = false } = {}): RNNCellDropoutWrapper<State, Input, Output> {
    const { wrappedCell } = this;
    const cell = shareCell ? wrappedCell : copyOfCell(wrappedCell);
    return new RNNCellDropoutWrapper(cell, this.given);
  }
}

registerModule('RNNCellDropoutWrapper', (config: DropoutWrapperConfig) =>
  RNNCellDropoutWrapper.fromConfig(config),
);
