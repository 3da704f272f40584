// SPDX-License-Identifier: Apache-2.0
import { type Shape, sizeOf, type Tensor, tensor } from '@tapeloop/core';

/**
 * A tensor of `scale · cos(offset + i + i² / 7)`: the closed formula that the scripts in `conformance/`
 * make inputs and weights by, so that no file has to hold them.
 */
export function recipe(shape: Shape, scale: number, offset: number): Tensor {
  const value = (i: number) => scale * Math.cos(offset + i + (i * i) / 7);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(i)),
    shape,
  );
}
