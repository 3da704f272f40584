// SPDX-License-Identifier: Apache-2.0
import { reshape, reverse, slice, type Tensor, transpose } from '@tapeloop/core';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import type { SequencePlan } from './sequence.ts';

/** A sequence to run a cell over as one op, and what to give of it. */
export interface FusedOptions<State> {
  readonly plan: SequencePlan;
  /** `[time, batch, features]`. */
  readonly inputs: Tensor;
  readonly initialState: State;
  /** `bool [time, batch]`. */
  readonly valid: Tensor | undefined;
  /** Gives outputs of zeros where the mask leaves a row out, instead of its last output. */
  readonly zeroOutputs: boolean;
  readonly returnSequences: boolean;
  /** Outputs are `[time, batch, units]` instead of `[batch, time, units]`. */
  readonly timeMajor: boolean;
}

/**
 * Runs a cell over a sequence as one op. The cell must be able to: `canRunSequence`. The result is
 * that of `unroll`, outputs in the order of the steps.
 */
export function runFused<State>(
  cell: RNNCell<State>,
  options: FusedOptions<State>,
): CellResult<State> {
  const { plan, inputs, initialState, valid, zeroOutputs, returnSequences, timeMajor } = options;
  const { outputs, state } = cell.runSequence({
    ...{ plan, inputs, state: initialState, valid, stateMasks: {} },
    // The last output is a row's last one that counts, also where skipped steps show zeros.
    repeatOutputs: !(zeroOutputs && returnSequences),
  });
  const [time = 0, batch = 0, units = 0] = outputs.shape;
  if (!returnSequences) {
    const last = slice(outputs, [plan.goBackwards ? 0 : time - 1, 0, 0], [1, batch, units]);
    return { output: reshape(last, [batch, units]), state };
  }
  const inOrder = plan.goBackwards ? reverse(outputs, 0) : outputs;
  return { output: timeMajor ? inOrder : transpose(inOrder, [1, 0, 2]), state };
}
