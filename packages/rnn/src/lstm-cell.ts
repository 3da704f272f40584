// SPDX-License-Identifier: Apache-2.0
import { add, lstmSequence, matMul, mul, split, type Tensor } from '@tapeloop/core';
import {
  type Config,
  checkCount,
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
import { cellWeights } from './cell-weights.ts';
import { affine, type GateActivations } from './gate-activations.ts';
import { lstmParameters } from './lstm-parameters.ts';
import { LSTMState } from './lstm-state.ts';
import { type CellResult, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequenceResult } from './sequence.ts';

/** Options of `LSTMCell`. */
export interface LSTMCellOptions extends GatedCellOptions {
  /**
   * Starts the forget gate's bias at 1 (Jozefowicz et al. 2015, "An Empirical Exploration of
   * Recurrent Network Architectures"). Default true.
   */
  readonly unitForgetBias?: boolean;
}

/** Weights of an `LSTMCell`; columns in the order of the gates i, f, c, o. */
export interface LSTMWeights {
  /** `[features, 4 · units]`. */
  readonly kernel: Tensor;
  /** `[units, 4 · units]`. */
  readonly recurrentKernel: Tensor;
  /** `[4 · units]`. */
  readonly bias: Tensor | undefined;
}

/**
 * One step of an LSTM:
 *
 * ```
 * [i, f, g, o] = x · kernel + h · recurrentKernel + bias
 * c' = σ(f) ⊙ c + σ(i) ⊙ φ(g)
 * h' = σ(o) ⊙ φ(c')
 * ```
 */
export function lstmStep(
  x: Tensor,
  { c, h }: LSTMState,
  { kernel, recurrentKernel, bias }: LSTMWeights,
  { activation, recurrentActivation }: GateActivations,
): LSTMState {
  const z = add(affine(x, kernel, bias), matMul(h, recurrentKernel));
  const [i = z, f = z, g = z, o = z] = split(z, 4, 1);
  const kept = mul(recurrentActivation(f), c);
  const written = mul(recurrentActivation(i), activation(g));
  const next = add(kept, written);
  return new LSTMState({ c: next, h: mul(recurrentActivation(o), activation(next)) });
}

/**
 * Long short-term memory. The equations stand at `lstmStep`; the output is h'.
 *
 * Shapes: inputs `[batch, features]`; state `LSTMState` of c and h, `[batch, units]` each, and output
 * `[batch, units]`; `kernel` `[features, 4 · units]`, `recurrentKernel` `[units, 4 · units]`, `bias`
 * `[4 · units]`, columns in the order of the gates i, f, c, o.
 *
 * @throws TypeError when `units` is not a whole number of at least 1; at a step, ShapeError when a
 *   shape does not fit.
 * @see Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; Gers et al. 2000, "Learning to
 *   Forget"; Keras's `LSTMCell`, whose names and layout of weights these are.
 */
export class LSTMCell extends RNNCell<LSTMState> {
  readonly units: number;
  readonly unitForgetBias: boolean;
  readonly #options: ResolvedCellOptions;

  constructor(units: number, options: LSTMCellOptions = {}) {
    super(options);
    checkCount('LSTMCell', 'units', units);
    this.units = units;
    this.unitForgetBias = options.unitForgetBias ?? true;
    this.#options = resolveCellOptions('LSTMCell', options);
  }

  override get className(): string {
    return 'LSTMCell';
  }

  override get stateSize(): LSTMState<number> {
    return new LSTMState({ c: this.units, h: this.units });
  }

  override get outputSize(): number {
    return this.units;
  }

  override getConfig(): Config {
    const { units, unitForgetBias } = this;
    const options = gatedCellConfig('LSTMCell', this.#options);
    return { ...super.getConfig(), units, ...options, unitForgetBias };
  }

  protected override createParameters(inputShape: InputShape): void {
    const features = featuresOf('LSTMCell', inputShape);
    for (const each of lstmParameters(this.#options, this, features)) this.addParameter(...each);
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
  }: SequenceInputs<LSTMState>): SequenceResult<LSTMState> {
    const { outputs, c, h } = lstmSequence({
      ...{ inputs, initialState: { c: state.c, h: state.h }, goBackwards: plan.goBackwards },
      ...cellWeights(this, this.#options),
      ...{ stateMask: stateMasks.h, cellMask: stateMasks.c, valid, repeatOutputs },
    });
    return { outputs, state: new LSTMState({ c, h }) };
  }

  protected override step(inputs: Tensor, state: LSTMState): CellResult<LSTMState> {
    const weights = cellWeights(this, this.#options);
    const states = { c: state.c, h: state.h };
    checkStep('LSTMCell', inputs, weights.kernel.shape[0] ?? 0, states, this.units);
    const next = lstmStep(inputs, state, weights, this.#options);
    return { output: next.h, state: next };
  }
}

interface LSTMCellConfig extends LSTMCellOptions {
  readonly units: number;
}

registerModule('LSTMCell', ({ units, ...options }: LSTMCellConfig) => new LSTMCell(units, options));
