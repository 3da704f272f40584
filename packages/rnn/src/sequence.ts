// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';

/** What is known of a sequence before it is run: enough for a cell to say whether it can fuse it. */
export interface SequencePlan {
  readonly training: boolean;
  readonly time: number;
  readonly batch: number;
  /** Width of the inputs. */
  readonly features: number;
  /** Runs from the last step to the first. */
  readonly goBackwards: boolean;
  /** Some rows skip some steps. */
  readonly isMasked: boolean;
  /** States are multiplied by masks after each step. */
  readonly hasStateMasks: boolean;
}

/**
 * Factors that multiply the new state after each step: `[1, units]` or `[batch, units]` for all
 * steps, with a leading `time` for each.
 */
export interface StateMasks {
  readonly h?: Tensor | undefined;
  /** Of the cell state of an LSTM. */
  readonly c?: Tensor | undefined;
}

/** What a cell that computes a whole sequence at once is given. */
export interface SequenceInputs<State, Input = Tensor> {
  readonly plan: SequencePlan;
  /** `[time, batch, features]`, in the order of time. */
  readonly inputs: Input;
  readonly state: State;
  /** `bool [time, batch]`: where it is false, a row keeps its state. Given when the plan is masked. */
  readonly valid: Tensor | undefined;
  /** A skipped step repeats the row's last output instead of giving zeros. */
  readonly repeatOutputs: boolean;
  readonly stateMasks: StateMasks;
}

/** What a cell that computes a whole sequence at once gives. */
export interface SequenceResult<State, Output = Tensor> {
  /** `[time, batch, units]`, in the order of time. */
  readonly outputs: Output;
  /** The state after the last step that ran. */
  readonly state: State;
}
