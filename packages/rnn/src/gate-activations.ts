// SPDX-License-Identifier: Apache-2.0
import { add, matMul, type Tensor } from '@tapeloop/core';
import type { ActivationFunction } from '@tapeloop/layers';

/** The two nonlinear functions of a gated cell. */
export interface GateActivations {
  /** φ, of the candidate and the output. */
  readonly activation: ActivationFunction;
  /** σ, of the gates. */
  readonly recurrentActivation: ActivationFunction;
}

/** x · kernel, plus the bias where there is one. */
export function affine(x: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const product = matMul(x, kernel);
  return bias === undefined ? product : add(product, bias);
}
