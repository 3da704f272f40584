// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  type DType,
  type Tensor,
  tensorsIn,
  tidy,
  ValueError,
  zeros,
} from '@tapeloop/core';
import { type CallContext, enterCall, Module, resolveTraining } from '@tapeloop/layers';
import { mapSizes, type SizeTree } from './size.ts';

/** What a cell gives for one step. */
export interface CellResult<State, Output = Tensor> {
  readonly output: Output;
  /** The state for the next step. */
  readonly state: State;
}

/** From what an initial state is made: the inputs, or a batch size. */
export interface InitialStateOptions {
  /** The inputs of the first step, or of the sequence with the batch first: gives size and dtype. */
  readonly inputs?: Tensor;
  readonly batchSize?: number;
  /** Default: that of the inputs, else float32. */
  readonly dtype?: DType;
}

/** What a cell that computes a whole sequence at once is given. */
export interface SequenceInputs<State> {
  /** `[time, batch, features]`, in the order of the steps. */
  readonly inputs: Tensor;
  readonly state: State;
  readonly training: boolean;
  /** False when only the last output is needed. */
  readonly returnSequences: boolean;
}

/** What a cell that computes a whole sequence at once gives. */
export interface SequenceResult<State> {
  /** `[time, batch, units]`, or the last output `[batch, units]` without `returnSequences`. */
  readonly outputs: Tensor;
  readonly state: State;
}

/**
 * One step of a recurrent network: `(inputs, state) → (output, state)`. Subclasses implement `step`,
 * say their sizes, and make parameters in `createParameters`; concrete cells are final, and are
 * combined by wrapping.
 *
 * A state is a tree: a tensor, an `LSTMState`, another class marked with `stateRecord`, or arrays
 * and plain objects of them. Every tensor in it begins with the batch.
 */
export abstract class RNNCell<State = Tensor, Input = Tensor, Output = Tensor> extends Module {
  /** The size of the state without the batch, in the state's structure. */
  abstract readonly stateSize: SizeTree;
  /** The size of the output without the batch, in the output's structure. */
  abstract readonly outputSize: SizeTree;

  /**
   * Runs one step: makes the parameters at the first call, resolves the training flag (explicit,
   * else the enclosing call's) and frees what `step` made and did not return.
   *
   * @param inputs `[batch, features]`.
   * @throws TypeError when `context.training` is neither a boolean nor 0 or 1.
   */
  call(inputs: Input, state: State, context?: CallContext): CellResult<State, Output> {
    const training = resolveTraining(`${this.className}.call`, context?.training);
    return enterCall(this, training, () => {
      if (!this.isBuilt) this.buildOnce(tensorsIn(inputs)[0]?.shape ?? []);
      return tidy(() => this.step(inputs, state, training));
    });
  }

  /** Zeros of the state's size. */
  zeroState(batchSize: number, dtype: DType = 'float32'): State {
    const op = `${this.className}.zeroState`;
    // `stateSize` has the structure of the state, and so has what is made of it.
    return mapSizes(op, this.stateSize, (size) => zeros([batchSize, ...size], dtype)) as State;
  }

  /**
   * The state before the first step: zeros, unless a cell says otherwise.
   *
   * @throws ValueError when neither `inputs` nor `batchSize` is given, or when `batchSize` or `dtype`
   *   differ from the inputs'.
   */
  getInitialState({ inputs, batchSize, dtype }: InitialStateOptions): State {
    const op = `${this.className}.getInitialState`;
    const size = inputs?.shape[0] ?? batchSize;
    if (size === undefined) {
      const expected = 'given when there are no inputs';
      throw new ValueError(
        argumentMessage({ op, argument: 'batchSize', expected, received: batchSize }),
      );
    }
    if (batchSize !== undefined && batchSize !== size) {
      const expected = `that of the inputs, ${size}`;
      throw new ValueError(
        argumentMessage({ op, argument: 'batchSize', expected, received: batchSize }),
      );
    }
    if (dtype !== undefined && inputs !== undefined && dtype !== inputs.dtype) {
      const expected = `that of the inputs, ${inputs.dtype}`;
      throw new ValueError(argumentMessage({ op, argument: 'dtype', expected, received: dtype }));
    }
    return this.zeroState(size, dtype ?? inputs?.dtype);
  }

  /**
   * Computes a whole sequence as one op, or returns `undefined` where it cannot. It must give the
   * values, gradients and random draws of the steps. Absent in cells without such a form.
   */
  sequence?(inputs: SequenceInputs<State>): SequenceResult<State> | undefined;

  /**
   * The equations of one step.
   *
   * @param training the resolved flag; `undefined` when the cell is called by hand, outside any
   *   layer, without a flag.
   */
  protected abstract step(
    inputs: Input,
    state: State,
    training: boolean | undefined,
  ): CellResult<State, Output>;
}
