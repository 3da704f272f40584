// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { type LstmSequence, lstmBackward, lstmForward } from '../kernels/lstm.ts';
import { withScratch } from '../kernels/scratch.ts';
import { sequenceLayout } from '../kernels/sequence.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { heap } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import { matMul } from './mat-mul.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import {
  checkMasks,
  checkSequence,
  checkShapeOf,
  copyOrZeros,
  type Optionals,
  optionalsOf,
  outputsOf,
  overwritable,
  presentOf,
  project,
  rowsBefore,
  rowsOf,
  type SequenceOptions,
  stateMaskOf,
  validOf,
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

interface Attributes {
  readonly present: readonly Optional[];
  readonly goBackwards: boolean;
  readonly repeatOutputs: boolean;
}

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
      const [time = 0, batch = 0] = x.shape;
      const units = h.shape[1] ?? 0;
      const states = Tensor.empty([time + 1, batch, units], 'float32');
      const cells = Tensor.empty([time + 1, batch, units], 'float32');
      const shape = { steps: time, batch, units, goBackwards: attrs.goBackwards };
      const layout = sequenceLayout(shape);
      const outputs = outputsOf(states, optionals, attrs.goBackwards);
      const sequence = sequenceOf(
        { gates, recurrentKernel, h, c, states, cells },
        optionals,
        attrs,
      );
      withScratch((scratch) =>
        lstmForward(kernels(), heap(), scratch, { ...sequence, outputs: outputs.pointer }),
      );
      const last = [batch, units];
      return [
        outputs,
        states.shareAs(last, 'lstmSequence', layout.final),
        cells.shareAs(last, 'lstmSequence', layout.final),
        gates,
        states,
        cells,
      ];
    }),
  save: (inputs, [, , , gates, states, cells]) => {
    const [x, kernel, recurrentKernel, h, c, ...optional] = inputs;
    const made = [gates ?? x, states ?? x, cells ?? x] as const;
    return [x, kernel, recurrentKernel, h, c, ...made, ...optional];
  },
  gradient: ([dy, dh, dc], { saved, attrs, mayOverwrite }) => {
    const [x, kernel, recurrentKernel, h, c, gates, states, cells] = saved;
    const optionals = optionalsOf(attrs.present, saved);
    const made = { gates, recurrentKernel, h, c, states, cells };
    const sequence = sequenceOf(made, optionals, attrs);
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
      () => reshape(matMul(dzRows, kernel, { transposeB: true }), x.shape),
      () => matMul(rowsOf(x), dzRows, { transposeA: true }),
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
  const optionals: Optionals<Optional> = { bias, stateMask, cellMask, valid };
  const present = presentOf(optionals);
  const rest = present.flatMap((name) => optionals[name] ?? []);
  const { h: h0, c: c0 } = initialState;
  const [outputs, h, c, ...internal] = lstmSequenceOp(
    [inputs, kernel, recurrentKernel, h0, c0, ...rest],
    { present, goBackwards, repeatOutputs },
  );
  for (const tensor of internal) tensor.dispose();
  return { outputs: outputs ?? inputs, h: h ?? h0, c: c ?? c0 };
}

interface Buffers {
  readonly gates: Tensor;
  readonly recurrentKernel: Tensor;
  readonly h: Tensor;
  readonly c: Tensor;
  readonly states: Tensor;
  readonly cells: Tensor;
}

function sequenceOf(
  { gates, recurrentKernel, h, c, states, cells }: Buffers,
  { stateMask, cellMask, valid }: Optionals<Optional>,
  { goBackwards, repeatOutputs }: Attributes,
): LstmSequence {
  const [steps = 0, batch = 0] = gates.shape;
  return {
    steps,
    batch,
    units: h.shape[1] ?? 0,
    goBackwards,
    projections: gates.pointer,
    recurrentKernel: recurrentKernel.pointer,
    initialState: h.pointer,
    initialCell: c.pointer,
    states: states.pointer,
    // Backward reads no outputs; where they are shared they are found in the states.
    outputs: states.pointer,
    cells: cells.pointer,
    stateMask: stateMaskOf(stateMask, batch),
    cellMask: stateMaskOf(cellMask, batch),
    valid: validOf(valid, repeatOutputs),
  };
}
