// SPDX-License-Identifier: Apache-2.0
import { ShapeError, showShape, sigmoid, type Tensor, tanh } from '@tapeloop/core';
import {
  type ActivationFunction,
  type ActivationLike,
  type Config,
  type Initializer,
  type InitializerLike,
  type ModuleOptions,
  type Regularizer,
  type RegularizerLike,
  savedActivation,
  savedInitializer,
  savedRegularizer,
  toActivation,
  toInitializer,
  toRegularizer,
} from '@tapeloop/layers';

/** Options that every cell with a kernel has. */
export interface CellOptions extends ModuleOptions {
  /** φ. Default `'tanh'`. */
  readonly activation?: ActivationLike;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `'orthogonal'`. */
  readonly recurrentInitializer?: InitializerLike;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerLike;
  /** Default none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default none. */
  readonly recurrentRegularizer?: RegularizerLike;
  /** Default none. */
  readonly biasRegularizer?: RegularizerLike;
}

/** Options of cells with gates. */
export interface GatedCellOptions extends CellOptions {
  /** σ. Default `'sigmoid'`. */
  readonly recurrentActivation?: ActivationLike;
}

/** The options of a cell with the defaults filled in and names looked up. */
export interface ResolvedCellOptions {
  readonly activation: ActivationFunction;
  readonly recurrentActivation: ActivationFunction;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly recurrentInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly recurrentRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
}

/** Fills in the defaults. @throws ValueError for a name that does not exist. */
export function resolveCellOptions(op: string, options: GatedCellOptions): ResolvedCellOptions {
  return {
    activation: toActivation(op, options.activation ?? 'tanh'),
    recurrentActivation: toActivation(op, options.recurrentActivation ?? 'sigmoid'),
    useBias: options.useBias ?? true,
    kernelInitializer: toInitializer(op, options.kernelInitializer ?? 'glorotUniform'),
    recurrentInitializer: toInitializer(op, options.recurrentInitializer ?? 'orthogonal'),
    biasInitializer: toInitializer(op, options.biasInitializer ?? 'zeros'),
    kernelRegularizer: toRegularizer(op, options.kernelRegularizer),
    recurrentRegularizer: toRegularizer(op, options.recurrentRegularizer),
    biasRegularizer: toRegularizer(op, options.biasRegularizer),
  };
}

/** Whether a gated cell has the activations that the fused kernels have: tanh and sigmoid. */
export function hasFusedActivations(options: ResolvedCellOptions): boolean {
  return options.activation === tanh && options.recurrentActivation === sigmoid;
}

/** The options of a cell without gates, for a config. */
export function cellConfig(op: string, options: ResolvedCellOptions): Config {
  return {
    activation: savedActivation(op, options.activation),
    useBias: options.useBias,
    kernelInitializer: savedInitializer(op, options.kernelInitializer),
    recurrentInitializer: savedInitializer(op, options.recurrentInitializer),
    biasInitializer: savedInitializer(op, options.biasInitializer),
    kernelRegularizer: savedRegularizer(op, options.kernelRegularizer),
    recurrentRegularizer: savedRegularizer(op, options.recurrentRegularizer),
    biasRegularizer: savedRegularizer(op, options.biasRegularizer),
  };
}

/** The options of a cell with gates, for a config. */
export function gatedCellConfig(op: string, options: ResolvedCellOptions): Config {
  const recurrentActivation = savedActivation(op, options.recurrentActivation);
  return { ...cellConfig(op, options), recurrentActivation };
}

/** @throws ShapeError unless inputs are `[batch, features]` and each state `[batch, units]`. */
export function checkStep(
  op: string,
  inputs: Tensor,
  features: number,
  states: Readonly<Record<string, Tensor>>,
  units: number,
): void {
  const batch = inputs.shape[0];
  if (inputs.rank !== 2 || inputs.shape[1] !== features) {
    throw new ShapeError(
      `${op}: inputs must be of shape [batch,${features}], got ${showShape(inputs.shape)}.`,
    );
  }
  for (const [name, { shape }] of Object.entries(states)) {
    if (shape.length === 2 && shape[0] === batch && shape[1] === units) continue;
    throw new ShapeError(
      `${op}: ${name} must be of shape [${batch},${units}] for inputs ${showShape(inputs.shape)}, ` +
        `got ${showShape(shape)}.`,
    );
  }
}
