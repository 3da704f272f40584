// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  cast,
  expandDims,
  greater,
  max,
  mul,
  notEqual,
  type Tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import { Layer } from './layer.ts';
import type { Config, ModuleOptions } from './module.ts';
import { registerModule } from './registry.ts';

/** Options of `Masking`. */
export interface MaskingOptions extends ModuleOptions {
  /** A step whose features all have this value is left out. Default 0. */
  readonly maskValue?: number;
}

/**
 * Leaves out the steps whose features all equal `maskValue`: its output has zeros there, and
 * `computeMask` gives the mask for the layers that follow. `Sequential` hands it on; elsewhere do so
 * yourself: `rnn.call(masking.call(x), { mask: masking.computeMask(x) })`.
 *
 * Shapes: inputs and outputs `[batch, time, features]`, the mask `bool` `[batch, time]`. It has no
 * parameters.
 *
 * @throws ValueError when `maskValue` is not a finite number.
 * @see Keras's `Masking`.
 */
export class Masking extends Layer {
  readonly maskValue: number;

  constructor({ maskValue = 0, ...options }: MaskingOptions = {}) {
    super(options);
    if (!Number.isFinite(maskValue)) {
      const expected = 'a finite number';
      throw new ValueError(
        argumentMessage({ op: 'Masking', argument: 'maskValue', expected, received: maskValue }),
      );
    }
    this.maskValue = maskValue;
  }

  override get className(): string {
    return 'Masking';
  }

  override getConfig(): Config {
    return { ...super.getConfig(), maskValue: this.maskValue };
  }

  override computeMask(inputs: Tensor): Tensor {
    return tidy(() => greater(this.#counts(inputs), 0));
  }

  protected override forward(inputs: Tensor): Tensor {
    return mul(inputs, expandDims(this.#counts(inputs), -1));
  }

  /** 1 for each step that counts, else 0. */
  #counts(inputs: Tensor): Tensor {
    return max(cast(notEqual(inputs, this.maskValue), 'float32'), { axis: -1 });
  }
}

registerModule('Masking', (options: MaskingOptions) => new Masking(options));
