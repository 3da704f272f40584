// SPDX-License-Identifier: Apache-2.0
import { add, layerNorm, matMul, mul, split, type Tensor, zeros } from '@tapeloop/core';
import {
  type Config,
  checkCount,
  checkEpsilon,
  featuresOf,
  type Initializer,
  type InitializerLike,
  type InputShape,
  registerModule,
  savedInitializer,
  toInitializer,
} from '@tapeloop/layers';
import {
  checkStep,
  gatedCellConfig,
  type ResolvedCellOptions,
  resolveCellOptions,
} from './cell-options.ts';
import { cellWeights } from './cell-weights.ts';
import type { GateActivations } from './gate-activations.ts';
import type { LSTMCellOptions, LSTMWeights } from './lstm-cell.ts';
import { lstmParameters } from './lstm-parameters.ts';
import { LSTMState } from './lstm-state.ts';
import { type CellResult, RNNCell } from './rnn-cell.ts';

const OP = 'LayerNormLSTMCell';

/** Options of `LayerNormLSTMCell`. */
export interface LayerNormLSTMCellOptions extends LSTMCellOptions {
  /** Added to the variances, at least 0. Default 1e-3. */
  readonly epsilon?: number;
  /** Hands on LN(c') instead of c', as TensorFlow Addons' cell does. Default false, as the paper. */
  readonly carryNormalized?: boolean;
  /** Default `'ones'`. */
  readonly gammaInitializer?: InitializerLike;
  /** Of `stateBeta`. Default `'zeros'`. */
  readonly betaInitializer?: InitializerLike;
}

/** Weights of a `LayerNormLSTMCell`; those of an `LSTMCell`, and: */
export interface LayerNormLSTMWeights extends LSTMWeights {
  /** Scale of the normalized `x · kernel`, `[4 · units]`. */
  readonly kernelGamma: Tensor;
  /** Scale of the normalized `h · recurrentKernel`, `[4 · units]`. */
  readonly recurrentGamma: Tensor;
  /** Scale and shift of the normalized cell state, `[units]`. */
  readonly stateGamma: Tensor;
  readonly stateBeta: Tensor;
}

/** How a `LayerNormLSTMCell` normalizes. */
export interface LayerNormLSTMRule {
  readonly epsilon: number;
  readonly carryNormalized: boolean;
}

/**
 * One step of an LSTM with layer normalization, where LN takes mean and variance over the features:
 *
 * ```
 * [i, f, g, o] = kernelGamma ⊙ LN(x · kernel) + recurrentGamma ⊙ LN(h · recurrentKernel) + bias
 * c' = σ(f) ⊙ c + σ(i) ⊙ φ(g)
 * n = stateGamma ⊙ LN(c') + stateBeta
 * h' = σ(o) ⊙ φ(n)
 * ```
 *
 * What is handed on is c', or n with `carryNormalized`.
 */
export function layerNormLSTMStep(
  x: Tensor,
  { c, h }: LSTMState,
  weights: LayerNormLSTMWeights,
  { activation, recurrentActivation }: GateActivations,
  { epsilon, carryNormalized }: LayerNormLSTMRule,
): LSTMState {
  const { kernel, recurrentKernel, bias, kernelGamma, recurrentGamma } = weights;
  const noShift = zeros(kernelGamma.shape);
  const fromInputs = layerNorm(matMul(x, kernel), kernelGamma, bias ?? noShift, { epsilon });
  const fromState = layerNorm(matMul(h, recurrentKernel), recurrentGamma, noShift, { epsilon });
  const z = add(fromInputs, fromState);
  const [i = z, f = z, g = z, o = z] = split(z, 4, 1);
  const kept = mul(recurrentActivation(f), c);
  const next = add(kept, mul(recurrentActivation(i), activation(g)));
  const normalized = layerNorm(next, weights.stateGamma, weights.stateBeta, { epsilon });
  const shown = mul(recurrentActivation(o), activation(normalized));
  return new LSTMState({ c: carryNormalized ? normalized : next, h: shown });
}

/**
 * Long short-term memory with layer normalization. The equations stand at `layerNormLSTMStep`; the
 * output is h'.
 *
 * Shapes: those of `LSTMCell`; `kernelGamma` and `recurrentGamma` `[4 · units]`, `stateGamma` and
 * `stateBeta` `[units]`. The paper's shifts of the first two norms and the bias are one parameter,
 * `bias`.
 *
 * @throws TypeError when `units` is not a whole number of at least 1; ValueError when `epsilon` is not
 *   a finite number of at least 0; at a step, ShapeError when a shape does not fit.
 * @see Ba, Kiros and Hinton 2016, "Layer Normalization", equations (20) to (22) of its supplement.
 */
export class LayerNormLSTMCell extends RNNCell<LSTMState> {
  readonly units: number;
  readonly unitForgetBias: boolean;
  readonly epsilon: number;
  readonly carryNormalized: boolean;
  readonly #options: ResolvedCellOptions;
  readonly #gammaInitializer: Initializer;
  readonly #betaInitializer: Initializer;

  constructor(units: number, options: LayerNormLSTMCellOptions = {}) {
    super(options);
    checkCount(OP, 'units', units);
    this.units = units;
    this.unitForgetBias = options.unitForgetBias ?? true;
    this.epsilon = options.epsilon ?? 1e-3;
    checkEpsilon(OP, this.epsilon);
    this.carryNormalized = options.carryNormalized ?? false;
    this.#options = resolveCellOptions(OP, options);
    this.#gammaInitializer = toInitializer(OP, options.gammaInitializer ?? 'ones');
    this.#betaInitializer = toInitializer(OP, options.betaInitializer ?? 'zeros');
  }

  override get className(): string {
    return OP;
  }

  override get stateSize(): LSTMState<number> {
    return new LSTMState({ c: this.units, h: this.units });
  }

  override get outputSize(): number {
    return this.units;
  }

  override getConfig(): Config {
    const { units, unitForgetBias, epsilon, carryNormalized } = this;
    return {
      ...super.getConfig(),
      units,
      ...gatedCellConfig(OP, this.#options),
      unitForgetBias,
      epsilon,
      carryNormalized,
      gammaInitializer: savedInitializer(OP, this.#gammaInitializer),
      betaInitializer: savedInitializer(OP, this.#betaInitializer),
    };
  }

  protected override createParameters(inputShape: InputShape): void {
    const { units } = this;
    const features = featuresOf(OP, inputShape);
    for (const each of lstmParameters(this.#options, this, features)) this.addParameter(...each);
    this.addParameter('kernelGamma', [4 * units], this.#gammaInitializer);
    this.addParameter('recurrentGamma', [4 * units], this.#gammaInitializer);
    this.addParameter('stateGamma', [units], this.#gammaInitializer);
    this.addParameter('stateBeta', [units], this.#betaInitializer);
  }

  protected override step(inputs: Tensor, state: LSTMState): CellResult<LSTMState> {
    const value = (name: string) => this.parameter(name).value;
    const weights = {
      ...cellWeights(this, this.#options),
      kernelGamma: value('kernelGamma'),
      recurrentGamma: value('recurrentGamma'),
      stateGamma: value('stateGamma'),
      stateBeta: value('stateBeta'),
    };
    const { c, h } = state;
    checkStep(OP, inputs, weights.kernel.shape[0] ?? 0, { c, h }, this.units);
    const next = layerNormLSTMStep(inputs, state, weights, this.#options, this);
    return { output: next.h, state: next };
  }
}

interface LayerNormLSTMCellConfig extends LayerNormLSTMCellOptions {
  readonly units: number;
}

registerModule(
  OP,
  ({ units, ...options }: LayerNormLSTMCellConfig) => new LayerNormLSTMCell(units, options),
);
