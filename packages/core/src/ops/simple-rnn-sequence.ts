// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { withScratch } from '../kernels/scratch.ts';
import {
  type SimpleRnnSequence,
  simpleRnnBackward,
  simpleRnnForward,
} from '../kernels/simple-rnn.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { heap } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import { matMul } from './mat-mul.ts';
import { sum } from './reduce.ts';
import {
  copyOrZeros,
  emptyStates,
  lastState,
  outputsOf,
  project,
  projectGradients,
  recurrentSequence,
  rowsBefore,
  rowsOf,
  type SequenceBuffers,
} from './sequence-buffers.ts';
import {
  checkMasks,
  checkSequence,
  checkShapeOf,
  listOf,
  type Optionals,
  optionalsOf,
  type RecurrentSequenceResult,
  type SequenceAttributes,
  type SequenceOptions,
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

interface Attributes extends SequenceAttributes<Optional> {
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
      const states = emptyStates(x, h);
      const outputs = outputsOf(states, optionals, attrs.goBackwards);
      const buffers = { projections, recurrentKernel, h, states, outputs };
      const sequence = sequenceOf(buffers, optionals, attrs);
      withScratch((scratch) => simpleRnnForward(kernels(), heap(), scratch, sequence));
      return [outputs, lastState(states, attrs.goBackwards), states] as const;
    }),
  save: ([x, kernel, recurrentKernel, h, ...optional], [outputs, , states]) =>
    [x, kernel, recurrentKernel, h, outputs, states, ...optional] as const,
  gradient: ([dy, dh], { saved, attrs }) => {
    const [x, kernel, recurrentKernel, h, outputs, states] = saved;
    const optionals = optionalsOf(attrs.present, saved);
    // Backward reads no projections: any tensor stands for them.
    const buffers = { projections: outputs, recurrentKernel, h, states, outputs };
    const sequence = sequenceOf(buffers, optionals, attrs);
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
      ...projectGradients(x, kernel, dzRows),
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
  const { present, tensors } = listOf<Optional>({ bias, stateMask, valid });
  const [outputs, state, ...internal] = simpleRnnSequenceOp(
    [inputs, kernel, recurrentKernel, initialState, ...tensors],
    { present, goBackwards, repeatOutputs, activation },
  );
  for (const tensor of internal) tensor.dispose();
  return { outputs, state };
}

function sequenceOf(
  buffers: SequenceBuffers,
  optionals: Optionals<Optional>,
  attrs: Attributes,
): SimpleRnnSequence {
  return { ...recurrentSequence(buffers, optionals, attrs), activation: attrs.activation };
}
