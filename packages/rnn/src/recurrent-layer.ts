// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';
import { type Config, type InputShape, Layer, type Module } from '@tapeloop/layers';
import { InitialStateWrapper } from './initial-state-wrapper.ts';
import { RecurrentDropout } from './recurrent-dropout.ts';
import { RNN, type RNNContext, type RNNOptions, type RNNOutput } from './rnn.ts';
import type { RNNCell } from './rnn-cell.ts';

/** Options of every layer that is a cell in `RNN`. */
export interface RecurrentLayerOptions<ReturnState extends boolean = boolean>
  extends RNNOptions<ReturnState> {
  /** Share of the inputs that is dropped in training, one mask for all steps. Default 0. */
  readonly dropout?: number;
  /** Share of h that is dropped where the recurrent product reads it. Default 0. */
  readonly recurrentDropout?: number;
  /** Of the dropout. Default: streams forked from the default by the layer's path. */
  readonly seed?: number | null;
  /** Makes the state before the first step a parameter, zeros at first. Default false. */
  readonly trainableInitialState?: boolean;
}

/** A cell in `RNN`, with Keras's dropout around it: what `LSTM`, `GRU` and `SimpleRNN` are. */
export abstract class RecurrentLayer<State, ReturnState extends boolean = false> extends Layer<
  RNNOutput<State, ReturnState>,
  RNNContext<State>
> {
  /** The layer that runs the cell. */
  readonly rnn: RNN<State, ReturnState>;
  readonly #cell: RNNCell<State>;
  readonly #options: Required<Omit<RecurrentLayerOptions, keyof RNNOptions>>;

  constructor(cell: RNNCell<State>, options: RecurrentLayerOptions<ReturnState>) {
    const { name, ...rnnOptions } = options;
    super(name === undefined ? {} : { name });
    const { dropout = 0, recurrentDropout = 0, seed = null } = options;
    const { trainableInitialState = false } = options;
    this.#cell = cell;
    this.#options = { dropout, recurrentDropout, seed, trainableInitialState };
    const isDropped = dropout !== 0 || recurrentDropout !== 0;
    const dropped = isDropped
      ? new RecurrentDropout(cell, { dropout, recurrentDropout, seed })
      : cell;
    const started = trainableInitialState ? new InitialStateWrapper(dropped) : dropped;
    this.rnn = new RNN(started, rnnOptions);
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['', this.rnn]]);
  }

  /** The state that the next call of a stateful layer starts from; `undefined` before the first. */
  get state(): State | undefined {
    return this.rnn.state;
  }

  /** Makes the next call of a stateful layer start from the initial state, or from a copy of `state`. */
  resetStates(state?: State): void {
    this.rnn.resetStates(state);
  }

  override computeMask(inputs: Tensor, mask?: Tensor): Tensor | undefined {
    return this.rnn.computeMask(inputs, mask);
  }

  override getConfig(): Config {
    const { cell: _, ...rnn } = this.rnn.getConfig();
    return { ...super.getConfig(), ...this.#cell.getConfig(), ...rnn, ...this.#options };
  }

  protected override createParameters(inputShape: InputShape): void {
    this.rnn.build(inputShape);
  }

  protected override forward(
    inputs: Tensor,
    _training: boolean,
    context: RNNContext<State> | undefined,
  ): RNNOutput<State, ReturnState> {
    return this.rnn.call(inputs, context);
  }
}
