// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { withScratch } from '../kernels/scratch.ts';
import { sequenceLayout } from '../kernels/sequence.ts';
import {
  type SimpleRnnSequence,
  simpleRnnBackward,
  simpleRnnForward,
} from '../kernels/simple-rnn.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { heap } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import type { RecurrentSequenceResult } from './gru-sequence.ts';
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
  presentOf,
  project,
  rowsBefore,
  rowsOf,
  type SequenceOptions,
  stateMaskOf,
  validOf,
} from './sequence-inputs.ts';

/** What `simpleRnnSequence` takes. */
export interface SimpleRnnSequenceArguments extends SequenceOptions {
  /** `[time, batch, features]`. */
  readonly inputs: Tensor;
  /** `[features, units]`. */
  readonly kernel: Tensor;
  /** `[units, units]`. */
  readonly recurrentKernel: Tensor;
  /** `[units]`. */
  readonly bias?: Tensor | undefined;
  /** `[batch, units]`. */
  readonly initialState: Tensor;
  /** Default `tanh`. */
  readonly activation?: 'tanh' | 'relu';
}

type Optional = 'bias' | 'stateMask' | 'valid';

interface Attributes {
  readonly present: readonly Optional[];
  readonly goBackwards: boolean;
  readonly repeatOutputs: boolean;
  readonly activation: 'tanh' | 'relu';
}

type Weights = readonly [x: Tensor, kernel: Tensor, recurrent: Tensor, h: Tensor];
type Inputs = readonly [...Weights, ...Tensor[]];

/**
 * The declared op of `simpleRnnSequence`. Its outputs are those of the function and, for backward,
 * the states `[time + 1, batch, units]`.
 */
export const simpleRnnSequenceOp = defineMultiOp({
  name: 'simpleRnnSequence',
  onceDifferentiable: true,
  forward: (inputs: Inputs, attrs: Attributes) =>
    tidy(() => {
      const [x, kernel, recurrentKernel, h] = inputs;
      const optionals = optionalsOf(attrs.present, inputs);
      const projections = project(x, kernel, optionals.bias);
      const [time = 0, batch = 0] = x.shape;
      const units = h.shape[1] ?? 0;
      const states = Tensor.empty([time + 1, batch, units], 'float32');
      const outputs = outputsOf(states, optionals, attrs.goBackwards);
      const sequence = sequenceOf({ recurrentKernel, h, states, outputs }, optionals, attrs);
      withScratch((scratch) =>
        simpleRnnForward(kernels(), heap(), scratch, {
          ...sequence,
          projections: projections.pointer,
        }),
      );
      projections.dispose();
      const { final } = sequenceLayout(sequence);
      const last = states.shareAs([batch, units], 'simpleRnnSequence', final);
      return [outputs, last, states];
    }),
  save: (inputs, [outputs, , states]) => {
    const [x, kernel, recurrentKernel, h, ...optional] = inputs;
    return [x, kernel, recurrentKernel, h, outputs ?? x, states ?? x, ...optional] as const;
  },
  gradient: ([dy, dh], { saved, attrs }) => {
    const [x, kernel, recurrentKernel, h, outputs, states] = saved;
    const optionals = optionalsOf(attrs.present, saved);
    const sequence = sequenceOf({ recurrentKernel, h, states, outputs }, optionals, attrs);
    const dz = Tensor.empty(outputs.shape, 'float32');
    // In: the gradient of the last state. Out: that of the first.
    const state = copyOrZeros(dh, h);
    withScratch((scratch) =>
      simpleRnnBackward(kernels(), heap(), scratch, sequence, {
        outputs: dy?.pointer,
        state: state.pointer,
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
      ...attrs.present.map((name) => (name === 'bias' ? () => sum(dzRows, { axis: 0 }) : null)),
    ];
  },
});

/**
 * A simple recurrent network over a whole sequence as one op:
 *
 * ```
 * output_t = activation(x_t · kernel + bias + h · recurrentKernel)      h = stateMask ⊙ output_t
 * ```
 *
 * Differentiable once.
 *
 * @throws ShapeError or DTypeError when a tensor does not fit.
 */
export function simpleRnnSequence(args: SimpleRnnSequenceArguments): RecurrentSequenceResult {
  const { inputs, kernel, recurrentKernel, initialState, bias, stateMask, valid } = args;
  const { goBackwards = false, repeatOutputs = false, activation = 'tanh' } = args;
  const op = 'simpleRnnSequence';
  const sizes = checkSequence(op, inputs, kernel, recurrentKernel, 1);
  checkShapeOf(op, 'initialState', initialState, [sizes.batch, sizes.units]);
  if (bias !== undefined) checkShapeOf(op, 'bias', bias, [sizes.units]);
  checkMasks(op, sizes, { stateMask }, valid);
  const optionals: Optionals<Optional> = { bias, stateMask, valid };
  const present = presentOf(optionals);
  const rest = present.flatMap((name) => optionals[name] ?? []);
  const [outputs, state, ...internal] = simpleRnnSequenceOp(
    [inputs, kernel, recurrentKernel, initialState, ...rest],
    { present, goBackwards, repeatOutputs, activation },
  );
  for (const tensor of internal) tensor.dispose();
  return { outputs: outputs ?? inputs, state: state ?? initialState };
}

interface Buffers {
  readonly recurrentKernel: Tensor;
  readonly h: Tensor;
  readonly states: Tensor;
  readonly outputs: Tensor;
}

function sequenceOf(
  { recurrentKernel, h, states, outputs }: Buffers,
  { stateMask, valid }: Optionals<Optional>,
  { goBackwards, repeatOutputs, activation }: Attributes,
): SimpleRnnSequence & { readonly outputs: number } {
  const [steps = 0, batch = 0, units = 0] = outputs.shape;
  return {
    steps,
    batch,
    units,
    goBackwards,
    activation,
    // Backward reads none; forward is given its own.
    projections: 0,
    recurrentKernel: recurrentKernel.pointer,
    initialState: h.pointer,
    states: states.pointer,
    outputs: outputs.pointer,
    stateMask: stateMaskOf(stateMask, batch),
    valid: validOf(valid, repeatOutputs),
  };
}
