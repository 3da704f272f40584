// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { type LstmSequence, lstmBackward, lstmForward } from '../kernels/lstm.ts';
import { withScratch } from '../kernels/scratch.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { heap } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import { matMul } from './mat-mul.ts';
import { sum } from './reduce.ts';
import {
  copyOrZeros,
  emptyStates,
  lastState,
  outputsOf,
  overwritable,
  project,
  projectGradients,
  recurrentSequence,
  rowsBefore,
  rowsOf,
  type SequenceBuffers,
  stateMaskOf,
} from './sequence-buffers.ts';
import {
  checkMasks,
  checkSequence,
  checkShapeOf,
  listOf,
  type Optionals,
  optionalsOf,
  type SequenceAttributes,
  type SequenceOptions,
} from './sequence-inputs.ts';

/** What `lstmSequence` takes. Columns of the weights are in the order of the gates i, f, c, o. */
export interface LstmSequenceArguments extends SequenceOptions {
  /** `[time, batch, features]`. */
  readonly inputs: Tensor;
  /** `[features, 4 · units]`. */
  readonly kernel: Tensor;
  /** `[units, 4 · units]`. */
  readonly recurrentKernel: Tensor;
  /** `[4 · units]`. */
  readonly bias?: Tensor | undefined;
  /** `[batch, units]`. */
  readonly initialState: { readonly c: Tensor; readonly h: Tensor };
  /** Multiplies the cell state after each step, as `stateMask` does h. */
  readonly cellMask?: Tensor | undefined;
}

/** What `lstmSequence` gives. */
export interface LstmSequenceResult {
  /** `[time, batch, units]`: h of each step, before masks. */
  readonly outputs: Tensor;
  /** The state after the last step, after masks. */
  readonly c: Tensor;
  readonly h: Tensor;
}

type Optional = 'bias' | 'stateMask' | 'cellMask' | 'valid';

type Attributes = SequenceAttributes<Optional>;
type Weights = readonly [x: Tensor, kernel: Tensor, recurrent: Tensor, h: Tensor, c: Tensor];
type Inputs = readonly [...Weights, ...Tensor[]];

/**
 * The declared op of `lstmSequence`. Its outputs are those of the function and, for backward, the
 * activated gates, the states and the cells `[time + 1, batch, units]`.
 */
export const lstmSequenceOp = defineMultiOp({
  name: 'lstmSequence',
  onceDifferentiable: true,
  forward: (inputs: Inputs, attrs: Attributes) =>
    tidy(() => {
      const [x, kernel, recurrentKernel, h, c] = inputs;
      const optionals = optionalsOf(attrs.present, inputs);
      const gates = project(x, kernel, optionals.bias);
      const [states, cells] = [emptyStates(x, h), emptyStates(x, c)];
      const outputs = outputsOf(states, optionals, attrs.goBackwards);
      const buffers = { projections: gates, recurrentKernel, h, c, states, cells, outputs };
      const sequence = sequenceOf(buffers, optionals, attrs);
      withScratch((scratch) => lstmForward(kernels(), heap(), scratch, sequence));
      const lastH = lastState(states, attrs.goBackwards);
      const lastC = lastState(cells, attrs.goBackwards);
      return [outputs, lastH, lastC, gates, states, cells] as const;
    }),
  save: ([x, kernel, recurrentKernel, h, c, ...optional], [, , , gates, states, cells]) =>
    [x, kernel, recurrentKernel, h, c, gates, states, cells, ...optional] as const,
  gradient: ([dy, dh, dc], { saved, attrs, mayOverwrite }) => {
    const [x, kernel, recurrentKernel, h, c, gates, states, cells] = saved;
    const optionals = optionalsOf(attrs.present, saved);
    // Backward reads no outputs: any tensor stands for them.
    const buffers = { projections: gates, recurrentKernel, h, c, states, cells, outputs: states };
    const sequence = sequenceOf(buffers, optionals, attrs);
    const dz = overwritable(gates, mayOverwrite);
    // In: the gradient of the last state. Out: that of the first.
    const [state, cell] = [copyOrZeros(dh, h), copyOrZeros(dc, c)];
    withScratch((scratch) =>
      lstmBackward(kernels(), heap(), scratch, sequence, {
        outputs: dy?.pointer,
        state: state.pointer,
        cell: cell.pointer,
        projections: dz.pointer,
      }),
    );
    const dzRows = rowsOf(dz);
    const before = rowsBefore(states, attrs.goBackwards);
    return [
      ...projectGradients(x, kernel, dzRows),
      () => matMul(before, dzRows, { transposeA: true }),
      () => state,
      () => cell,
      ...attrs.present.map((name) => (name === 'bias' ? () => sum(dzRows, { axis: 0 }) : null)),
    ];
  },
});

/**
 * An LSTM over a whole sequence as one op: one product for all input projections, a loop over time
 * in WebAssembly with the recurrent weights packed once, and in backward one product for each weight.
 *
 * ```
 * [i, f, g, o] = x_t · kernel + h · recurrentKernel + bias
 * c = cellMask ⊙ (σ(f) ⊙ c + σ(i) ⊙ tanh(g))      output_t = σ(o) ⊙ tanh(c)
 * h = stateMask ⊙ output_t
 * ```
 *
 * Where the cell mask is not 1, `output_t` is of the cell state before it. Differentiable once.
 *
 * @throws ShapeError or DTypeError when a tensor does not fit.
 */
export function lstmSequence(args: LstmSequenceArguments): LstmSequenceResult {
  const { inputs, kernel, recurrentKernel, initialState, bias, stateMask, cellMask, valid } = args;
  const { goBackwards = false, repeatOutputs = false } = args;
  const op = 'lstmSequence';
  const sizes = checkSequence(op, inputs, kernel, recurrentKernel, 4);
  const state = [sizes.batch, sizes.units];
  checkShapeOf(op, 'initialState.h', initialState.h, state);
  checkShapeOf(op, 'initialState.c', initialState.c, state);
  if (bias !== undefined) checkShapeOf(op, 'bias', bias, [4 * sizes.units]);
  checkMasks(op, sizes, { stateMask, cellMask }, valid);
  const { present, tensors } = listOf<Optional>({ bias, stateMask, cellMask, valid });
  const [outputs, h, c, ...internal] = lstmSequenceOp(
    [inputs, kernel, recurrentKernel, initialState.h, initialState.c, ...tensors],
    { present, goBackwards, repeatOutputs },
  );
  for (const tensor of internal) tensor.dispose();
  return { outputs, h, c };
}

interface LstmBuffers extends SequenceBuffers {
  readonly c: Tensor;
  readonly cells: Tensor;
}

function sequenceOf(
  buffers: LstmBuffers,
  optionals: Optionals<Optional>,
  attrs: Attributes,
): LstmSequence {
  const sequence = recurrentSequence(buffers, optionals, attrs);
  return {
    ...sequence,
    initialCell: buffers.c.pointer,
    cells: buffers.cells.pointer,
    cellMask: stateMaskOf(optionals.cellMask, sequence.batch),
  };
}
