// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  ShapeError,
  showShape,
  stack,
  type Tensor,
  tensorsIn,
  tidy,
  unstack,
  zerosLike,
} from '@tapeloop/core';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import { ALL, type StepMask, selectRows } from './step-mask.ts';

/** A sequence to run a cell over, and how. */
export interface UnrollOptions<State> {
  readonly cell: RNNCell<State>;
  /** `[batch, time, …]`, or `[time, batch, …]` with `timeAxis` 0. */
  readonly inputs: Tensor;
  readonly timeAxis: 0 | 1;
  readonly initialState: State;
  /** Takes the steps from the last to the first; outputs come in that order. */
  readonly goBackwards: boolean;
  readonly mask: StepMask | undefined;
  /** Gives outputs of zeros where the mask leaves a row out, instead of its last output. */
  readonly zeroOutputs: boolean;
  readonly returnSequences: boolean;
}

/**
 * Runs a cell over a sequence, one step after the other. A step's input is a view of one time-major
 * copy of the inputs, so backward puts its gradient together once.
 *
 * What a step made and the next does not need is freed at once: without a tape, memory does not grow
 * with time but for the outputs.
 *
 * @returns the outputs, stacked along `timeAxis`, or the last output; and the last state.
 */
export function unroll<State>(options: UnrollOptions<State>): CellResult<State> {
  const { inputs, timeAxis, goBackwards, returnSequences } = options;
  const steps = unstack(inputs, timeAxis);
  if (goBackwards) steps.reverse();
  const kept = new Set(tensorsIn(options.initialState));
  const outputs: Tensor[] = [];
  let last: CellResult<State> | undefined;
  for (const [i, input] of steps.entries()) {
    const time = goBackwards ? steps.length - 1 - i : i;
    const { shown, next } = tidy(() => maskedStep(options, time, input, last));
    if (returnSequences) {
      outputs.push(shown);
      kept.add(shown);
    }
    const needed = new Set([...tensorsIn(next), input]);
    for (const tensor of tensorsIn([last, shown])) {
      if (!kept.has(tensor) && !needed.has(tensor)) tensor.dispose();
    }
    last = next;
  }
  if (last === undefined) {
    const expected = 'at least one step long';
    const received = showShape(inputs.shape);
    throw new ShapeError(argumentMessage({ op: 'RNN', argument: 'inputs', expected, received }));
  }
  const output = returnSequences ? stack(outputs, timeAxis) : last.output;
  return { output, state: last.state };
}

interface MaskedStep<State> {
  /** What the sequence of outputs shows. */
  readonly shown: Tensor;
  /** What is carried on: for a row that is left out, its last output and state. */
  readonly next: CellResult<State>;
}

function maskedStep<State>(
  options: UnrollOptions<State>,
  time: number,
  input: Tensor,
  last: CellResult<State> | undefined,
): MaskedStep<State> {
  const { cell, initialState, mask, zeroOutputs } = options;
  const active = mask?.at(time) ?? ALL;
  const state = last === undefined ? initialState : last.state;
  if (active !== ALL && last !== undefined && !active.includes(1)) {
    return { shown: zeroOutputs ? zerosLike(last.output) : last.output, next: last };
  }
  const next = cell.call(input, state);
  if (active === ALL) return { shown: next.output, next };
  const before = last?.output ?? zerosLike(next.output);
  const carried = {
    output: selectRows(active, next.output, before),
    state: selectRows(active, next.state, state),
  };
  const shown = zeroOutputs
    ? selectRows(active, next.output, zerosLike(next.output))
    : carried.output;
  return { shown, next: carried };
}
