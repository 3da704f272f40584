// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  type DType,
  RuntimeError,
  type Tensor,
  tensorsIn,
  tidy,
  ValueError,
  zeros,
} from '@tapeloop/core';
import { type CallContext, enterCall, Module, resolveTraining } from '@tapeloop/layers';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';
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

  /** Whether `runSequence` computes what the steps would; false unless a cell says otherwise. */
  canRunSequence(_plan: SequencePlan): boolean {
    return false;
  }

  /**
   * Runs a whole sequence as one op, with the values, gradients and random draws of its steps. Only
   * where `canRunSequence` says so.
   */
  runSequence(inputs: SequenceInputs<State, Input>): SequenceResult<State, Output> {
    return enterCall(this, inputs.plan.training, () => tidy(() => this.sequence(inputs)));
  }

  /** The equations of a whole sequence, in cells that can run one. */
  protected sequence(_inputs: SequenceInputs<State, Input>): SequenceResult<State, Output> {
    throw new RuntimeError(
      `${this.className}: runSequence: this cell runs step by step only. Ask canRunSequence first.`,
    );
  }

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
