// SPDX-License-Identifier: Apache-2.0
import {
  add,
  gruSequence,
  matMul,
  mul,
  split,
  sub,
  type Tensor,
  tidy,
  unstack,
} from '@tapeloop/core';
import {
  type Config,
  checkCount,
  enclosingTraining,
  enterCall,
  featuresOf,
  type InputShape,
  registerModule,
} from '@tapeloop/layers';
import {
  checkStep,
  type GatedCellOptions,
  gatedCellConfig,
  hasFusedActivations,
  type ResolvedCellOptions,
  resolveCellOptions,
} from './cell-options.ts';
import { cellParameters, cellWeights } from './cell-weights.ts';
import { affine, type GateActivations } from './gate-activations.ts';
import { type CellResult, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequenceResult } from './sequence.ts';

/** Options of `GRUCell`. */
export interface GRUCellOptions extends GatedCellOptions {
  /**
   * Applies the reset gate after the recurrent product, as cuDNN and PyTorch do, rather than before
   * it, as the paper does. Default true.
   */
  readonly resetAfter?: boolean;
}

/** Weights of a `GRUCell`; columns in the order of the gates z, r, h. */
export interface GRUWeights {
  /** `[features, 3 · units]`. */
  readonly kernel: Tensor;
  /** `[units, 3 · units]`. */
  readonly recurrentKernel: Tensor;
  /** `[2, 3 · units]` with `resetAfter`: for the inputs, and for the state. Else `[3 · units]`. */
  readonly bias: Tensor | undefined;
}

/**
 * One step of a GRU whose reset gate acts after the recurrent product:
 *
 * ```
 * z = σ(x · Kz + bz + h · Rz + b'z)
 * r = σ(x · Kr + br + h · Rr + b'r)
 * h̃ = φ(x · Kh + bh + r ⊙ (h · Rh + b'h))
 * h' = z ⊙ h + (1 − z) ⊙ h̃
 * ```
 *
 * @param read what the products have for h, if it is not h itself.
 */
export function gruStepResetAfter(
  x: Tensor,
  h: Tensor,
  { kernel, recurrentKernel, bias }: GRUWeights,
  { activation, recurrentActivation }: GateActivations,
  read: Tensor = h,
): Tensor {
  const [inputBias, stateBias] = bias === undefined ? [] : unstack(bias);
  const fromInputs = affine(x, kernel, inputBias);
  const fromState = affine(read, recurrentKernel, stateBias);
  const [xz = x, xr = x, xh = x] = split(fromInputs, 3, 1);
  const [hz = h, hr = h, hh = h] = split(fromState, 3, 1);
  const z = recurrentActivation(add(xz, hz));
  const r = recurrentActivation(add(xr, hr));
  const candidate = activation(add(xh, mul(r, hh)));
  return interpolate(z, h, candidate);
}

/**
 * One step of a GRU whose reset gate acts before the recurrent product:
 *
 * ```
 * z = σ(x · Kz + h · Rz + bz)
 * r = σ(x · Kr + h · Rr + br)
 * h̃ = φ(x · Kh + (r ⊙ h) · Rh + bh)
 * h' = z ⊙ h + (1 − z) ⊙ h̃
 * ```
 *
 * @param read what the products have for h, if it is not h itself.
 */
export function gruStepResetBefore(
  x: Tensor,
  h: Tensor,
  { kernel, recurrentKernel, bias }: GRUWeights,
  { activation, recurrentActivation }: GateActivations,
  read: Tensor = h,
): Tensor {
  const units = h.shape[1] ?? 0;
  const [xz = x, xr = x, xh = x] = split(affine(x, kernel, bias), 3, 1);
  const [gates = h, ofCandidate = h] = split(recurrentKernel, [2 * units, units], 1);
  const [hz = h, hr = h] = split(matMul(read, gates), 2, 1);
  const z = recurrentActivation(add(xz, hz));
  const r = recurrentActivation(add(xr, hr));
  const candidate = activation(add(xh, matMul(mul(r, read), ofCandidate)));
  return interpolate(z, h, candidate);
}

/**
 * The gated recurrent unit. The equations stand at `gruStepResetAfter` and `gruStepResetBefore`; the
 * state is also the output.
 *
 * Shapes: inputs `[batch, features]`, state and output `[batch, units]`; `kernel`
 * `[features, 3 · units]`, `recurrentKernel` `[units, 3 · units]`, `bias` `[2, 3 · units]` with
 * `resetAfter`, else `[3 · units]`; columns in the order of the gates z, r, h.
 *
 * Differs from the paper as Keras does: z keeps the old state where the paper's z takes the new one.
 *
 * @throws TypeError when `units` is not a whole number of at least 1; at a step, ShapeError when a
 *   shape does not fit.
 * @see Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder"; Keras's
 *   `GRUCell`, whose names and layout of weights these are.
 */
export class GRUCell extends RNNCell<Tensor> {
  readonly units: number;
  readonly resetAfter: boolean;
  readonly #options: ResolvedCellOptions;

  constructor(units: number, options: GRUCellOptions = {}) {
    super(options);
    checkCount('GRUCell', 'units', units);
    this.units = units;
    this.resetAfter = options.resetAfter ?? true;
    this.#options = resolveCellOptions('GRUCell', options);
  }

  override get className(): string {
    return 'GRUCell';
  }

  override get stateSize(): number {
    return this.units;
  }

  override get outputSize(): number {
    return this.units;
  }

  override getConfig(): Config {
    const { units, resetAfter } = this;
    const options = gatedCellConfig('GRUCell', this.#options);
    return { ...super.getConfig(), units, ...options, resetAfter };
  }

  protected override createParameters(inputShape: InputShape): void {
    const { units } = this;
    const shapes = {
      kernel: [featuresOf('GRUCell', inputShape), 3 * units],
      recurrentKernel: [units, 3 * units],
      bias: this.resetAfter ? [2, 3 * units] : [3 * units],
    };
    for (const each of cellParameters(this.#options, shapes)) this.addParameter(...each);
  }

  override canRunSequence(): boolean {
    return hasFusedActivations(this.#options);
  }

  protected override sequence({
    inputs,
    state,
    stateMasks,
    valid,
    repeatOutputs,
    plan,
  }: SequenceInputs<Tensor>): SequenceResult<Tensor> {
    const { kernel, recurrentKernel, bias: biases } = cellWeights(this, this.#options);
    const { resetAfter } = this;
    const [bias, recurrentBias] =
      biases !== undefined && resetAfter ? unstack(biases) : [biases, undefined];
    return gruSequence({
      ...{ inputs, initialState: state, goBackwards: plan.goBackwards, resetAfter },
      ...{ kernel, recurrentKernel, bias, recurrentBias },
      ...{ stateMask: stateMasks.h, valid, repeatOutputs },
    });
  }

  /** One step whose products read `read` in place of the state, as recurrent dropout asks for. */
  callReading(inputs: Tensor, state: Tensor, read: Tensor): CellResult<Tensor> {
    return enterCall(this, enclosingTraining(), () => {
      if (!this.isBuilt) this.buildOnce(inputs.shape);
      return tidy(() => this.#step(inputs, state, read));
    });
  }

  protected override step(inputs: Tensor, state: Tensor): CellResult<Tensor> {
    return this.#step(inputs, state, state);
  }

  #step(inputs: Tensor, state: Tensor, read: Tensor): CellResult<Tensor> {
    const weights = cellWeights(this, this.#options);
    checkStep('GRUCell', inputs, weights.kernel.shape[0] ?? 0, { state, read }, this.units);
    const step = this.resetAfter ? gruStepResetAfter : gruStepResetBefore;
    const h = step(inputs, state, weights, this.#options, read);
    return { output: h, state: h };
  }
}

interface GRUCellConfig extends GRUCellOptions {
  readonly units: number;
}

registerModule('GRUCell', ({ units, ...options }: GRUCellConfig) => new GRUCell(units, options));

/** z ⊙ h + (1 − z) ⊙ h̃ */
function interpolate(z: Tensor, h: Tensor, candidate: Tensor): Tensor {
  return add(mul(z, h), mul(sub(1, z), candidate));
}
