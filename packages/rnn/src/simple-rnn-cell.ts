// SPDX-License-Identifier: Apache-2.0
import { add, matMul, relu, simpleRnnSequence, type Tensor, tanh } from '@tapeloop/core';
import {
  type ActivationFunction,
  type Config,
  checkCount,
  featuresOf,
  type InputShape,
  registerModule,
} from '@tapeloop/layers';
import {
  type CellOptions,
  cellConfig,
  checkStep,
  type ResolvedCellOptions,
  resolveCellOptions,
} from './cell-options.ts';
import { cellParameters, cellWeights } from './cell-weights.ts';
import { affine } from './gate-activations.ts';
import { type CellResult, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequenceResult } from './sequence.ts';

/** Weights of a `SimpleRNNCell`. */
export interface SimpleRNNWeights {
  /** `[features, units]`. */
  readonly kernel: Tensor;
  /** `[units, units]`. */
  readonly recurrentKernel: Tensor;
  /** `[units]`. */
  readonly bias: Tensor | undefined;
}

/** `φ(x · kernel + h · recurrentKernel + bias)`: the new h. */
export function simpleRNNStep(
  x: Tensor,
  h: Tensor,
  { kernel, recurrentKernel, bias }: SimpleRNNWeights,
  activation: ActivationFunction,
): Tensor {
  return activation(add(affine(x, kernel, bias), matMul(h, recurrentKernel)));
}

/**
 * The simplest cell: `h' = φ(x · kernel + h · recurrentKernel + bias)`, which is also its output.
 *
 * Shapes: inputs `[batch, features]`, state and output `[batch, units]`; `kernel` `[features, units]`,
 * `recurrentKernel` `[units, units]`, `bias` `[units]`.
 *
 * @throws TypeError when `units` is not a whole number of at least 1; at a step, ShapeError when a
 *   shape does not fit.
 * @see Elman 1990, "Finding Structure in Time"; Keras's `SimpleRNNCell`.
 */
export class SimpleRNNCell extends RNNCell<Tensor> {
  readonly units: number;
  readonly #options: ResolvedCellOptions;

  constructor(units: number, options: CellOptions = {}) {
    super(options);
    checkCount('SimpleRNNCell', 'units', units);
    this.units = units;
    this.#options = resolveCellOptions('SimpleRNNCell', options);
  }

  override get className(): string {
    return 'SimpleRNNCell';
  }

  override get stateSize(): number {
    return this.units;
  }

  override get outputSize(): number {
    return this.units;
  }

  override getConfig(): Config {
    const { units } = this;
    return { ...super.getConfig(), units, ...cellConfig('SimpleRNNCell', this.#options) };
  }

  protected override createParameters(inputShape: InputShape): void {
    const { units } = this;
    const features = featuresOf('SimpleRNNCell', inputShape);
    const shapes = { kernel: [features, units], recurrentKernel: [units, units], bias: [units] };
    for (const each of cellParameters(this.#options, shapes)) this.addParameter(...each);
  }

  override canRunSequence(): boolean {
    return fusedActivation(this.#options.activation) !== undefined;
  }

  protected override sequence({
    inputs,
    state,
    stateMasks,
    valid,
    repeatOutputs,
    plan,
  }: SequenceInputs<Tensor>): SequenceResult<Tensor> {
    return simpleRnnSequence({
      ...{ inputs, initialState: state, goBackwards: plan.goBackwards },
      ...cellWeights(this, this.#options),
      ...{ stateMask: stateMasks.h, valid, repeatOutputs },
      activation: fusedActivation(this.#options.activation) ?? 'tanh',
    });
  }

  protected override step(inputs: Tensor, state: Tensor): CellResult<Tensor> {
    const weights = cellWeights(this, this.#options);
    checkStep('SimpleRNNCell', inputs, weights.kernel.shape[0] ?? 0, { state }, this.units);
    const h = simpleRNNStep(inputs, state, weights, this.#options.activation);
    return { output: h, state: h };
  }
}

interface SimpleRNNCellConfig extends CellOptions {
  readonly units: number;
}

registerModule(
  'SimpleRNNCell',
  ({ units, ...options }: SimpleRNNCellConfig) => new SimpleRNNCell(units, options),
);

/** The name of an activation that the fused kernel has. */
function fusedActivation(activation: ActivationFunction): 'tanh' | 'relu' | undefined {
  if (activation === tanh) return 'tanh';
  return activation === relu ? 'relu' : undefined;
}
