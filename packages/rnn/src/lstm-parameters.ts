// SPDX-License-Identifier: Apache-2.0
import { concat, ones } from '@tapeloop/core';
import type { Initializer } from '@tapeloop/layers';
import type { ResolvedCellOptions } from './cell-options.ts';
import { cellParameters, type ParameterArguments } from './cell-weights.ts';

/** What the shapes and the bias of an LSTM's weights depend on. */
export interface LSTMSizes {
  readonly units: number;
  readonly outputSize: number;
  /** Starts the forget gate's bias at 1. */
  readonly unitForgetBias: boolean;
}

/** What makes the parameters of an LSTM's weights, in their order; columns are the gates i, f, c, o. */
export function lstmParameters(
  options: ResolvedCellOptions,
  { units, outputSize, unitForgetBias }: LSTMSizes,
  features: number,
): readonly ParameterArguments[] {
  const biasInitializer = unitForgetBias
    ? withForgetOnes(options.biasInitializer, units)
    : options.biasInitializer;
  const shapes = {
    kernel: [features, 4 * units],
    recurrentKernel: [outputSize, 4 * units],
    bias: [4 * units],
  };
  return cellParameters({ ...options, biasInitializer }, shapes);
}

/** A bias of the gates i, f, c, o that is 1 for f and as `initializer` says for the others. */
function withForgetOnes(initializer: Initializer, units: number): Initializer {
  return (_shape, stream) =>
    concat([initializer([units], stream), ones([units]), initializer([2 * units], stream)]);
}
