// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { type GruSequence, gruBackward, gruForward } from '../kernels/gru.ts';
import { withScratch } from '../kernels/scratch.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { heap } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import { concat } from './concat.ts';
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
import { slice } from './slice.ts';

/** What `gruSequence` takes. Columns of the weights are in the order of the gates z, r, g. */
export interface GruSequenceArguments extends SequenceOptions {
  /** `[time, batch, features]`. */
  readonly inputs: Tensor;
  /** `[features, 3 · units]`. */
  readonly kernel: Tensor;
  /** `[units, 3 · units]`. */
  readonly recurrentKernel: Tensor;
  /** `[3 · units]`, added to the projections of the inputs. */
  readonly bias?: Tensor | undefined;
  /** `[3 · units]`, added to the recurrent products; only with `resetAfter`. */
  readonly recurrentBias?: Tensor | undefined;
  /** `[batch, units]`. */
  readonly initialState: Tensor;
  /** The reset gate acts after the recurrent product, as in cuDNN, or before it. */
  readonly resetAfter: boolean;
}

type Optional = 'bias' | 'recurrentBias' | 'stateMask' | 'valid';

interface Attributes extends SequenceAttributes<Optional> {
  readonly resetAfter: boolean;
}

type Weights = readonly [x: Tensor, kernel: Tensor, recurrent: Tensor, h: Tensor];
type Inputs = readonly [...Weights, ...Tensor[]];

/**
 * The declared op of `gruSequence`. Its outputs are those of the function and, for backward, the
 * activated gates, the states `[time + 1, batch, units]` and the candidates.
 */
export const gruSequenceOp = defineMultiOp({
  name: 'gruSequence',
  onceDifferentiable: true,
  forward: (inputs: Inputs, attrs: Attributes) =>
    tidy(() => {
      const [x, kernel, recurrentKernel, h] = inputs;
      const optionals = optionalsOf(attrs.present, inputs);
      const gates = project(x, kernel, optionals.bias);
      const states = emptyStates(x, h);
      const candidates = Tensor.empty([x.shape[0] ?? 0, ...h.shape], 'float32');
      const outputs = outputsOf(states, optionals, attrs.goBackwards);
      const buffers = { projections: gates, recurrentKernel, h, states, candidates, outputs };
      const sequence = sequenceOf(buffers, optionals, attrs);
      withScratch((scratch) => gruForward(kernels(), heap(), scratch, sequence));
      return [outputs, lastState(states, attrs.goBackwards), gates, states, candidates] as const;
    }),
  save: ([x, kernel, recurrentKernel, h, ...optional], [, , gates, states, candidates]) =>
    [x, kernel, recurrentKernel, h, gates, states, candidates, ...optional] as const,
  gradient: ([dy, dh], { saved, attrs, mayOverwrite }) => {
    const [x, kernel, recurrentKernel, h, gates, states, candidates] = saved;
    const optionals = optionalsOf(attrs.present, saved);
    // Backward reads no outputs: any tensor stands for them.
    const outputs = states;
    const buffers = { projections: gates, recurrentKernel, h, states, candidates, outputs };
    const sequence = sequenceOf(buffers, optionals, attrs);
    const dz = overwritable(gates, mayOverwrite);
    const dn = attrs.resetAfter ? overwritable(candidates, mayOverwrite) : candidates;
    // In: the gradient of the last state. Out: that of the first.
    const state = copyOrZeros(dh, h);
    withScratch((scratch) =>
      gruBackward(kernels(), heap(), scratch, sequence, {
        outputs: dy?.pointer,
        state: state.pointer,
        projections: dz.pointer,
        candidates: dn.pointer,
      }),
    );
    const dzRows = rowsOf(dz);
    const before = rowsBefore(states, attrs.goBackwards);
    const units = h.shape[1] ?? 0;
    const gatesZr = slice(dzRows, [0, 0], [-1, 2 * units]);
    // The gradient of the recurrent products: of all gates at once where the reset comes after them.
    const products = attrs.resetAfter ? concat([gatesZr, rowsOf(dn)], 1) : gatesZr;
    const recurrent = () => {
      const zr = matMul(before, products, { transposeA: true });
      if (attrs.resetAfter) return zr;
      const gateG = slice(dzRows, [0, 2 * units], [-1, units]);
      return concat([zr, matMul(rowsOf(candidates), gateG, { transposeA: true })], 1);
    };
    const optionalGradients = {
      bias: () => sum(dzRows, { axis: 0 }),
      recurrentBias: () => sum(products, { axis: 0 }),
      stateMask: null,
      valid: null,
    };
    return [
      ...projectGradients(x, kernel, dzRows),
      recurrent,
      () => state,
      ...attrs.present.map((name) => optionalGradients[name]),
    ];
  },
});

/**
 * A GRU over a whole sequence as one op: one product for all input projections, a loop over time in
 * WebAssembly with the recurrent weights packed once, and in backward one product for each weight.
 *
 * ```
 * z, r = σ(x_t · kernel_zr + bias_zr + h · recurrentKernel_zr + recurrentBias_zr)
 * g = tanh(x_t · kernel_g + bias_g + r ⊙ (h · recurrentKernel_g + recurrentBias_g))   resetAfter
 * g = tanh(x_t · kernel_g + bias_g + (r ⊙ h) · recurrentKernel_g)                     else
 * output_t = z ⊙ h + (1 − z) ⊙ g      h = stateMask ⊙ output_t
 * ```
 *
 * Differentiable once.
 *
 * @throws ShapeError or DTypeError when a tensor does not fit.
 */
export function gruSequence(args: GruSequenceArguments): RecurrentSequenceResult {
  const { inputs, kernel, recurrentKernel, initialState, resetAfter } = args;
  const { bias, stateMask, valid, goBackwards = false, repeatOutputs = false } = args;
  const recurrentBias = resetAfter ? args.recurrentBias : undefined;
  const op = 'gruSequence';
  const sizes = checkSequence(op, inputs, kernel, recurrentKernel, 3);
  checkShapeOf(op, 'initialState', initialState, [sizes.batch, sizes.units]);
  for (const [argument, each] of Object.entries({ bias, recurrentBias })) {
    if (each !== undefined) checkShapeOf(op, argument, each, [3 * sizes.units]);
  }
  checkMasks(op, sizes, { stateMask }, valid);
  const { present, tensors } = listOf<Optional>({ bias, recurrentBias, stateMask, valid });
  const [outputs, state, ...internal] = gruSequenceOp(
    [inputs, kernel, recurrentKernel, initialState, ...tensors],
    { present, goBackwards, repeatOutputs, resetAfter },
  );
  for (const tensor of internal) tensor.dispose();
  return { outputs, state };
}

function sequenceOf(
  buffers: SequenceBuffers & { readonly candidates: Tensor },
  optionals: Optionals<Optional>,
  attrs: Attributes,
): GruSequence {
  return {
    ...recurrentSequence(buffers, optionals, attrs),
    resetAfter: attrs.resetAfter,
    recurrentBias: optionals.recurrentBias?.pointer,
    candidates: buffers.candidates.pointer,
  };
}
