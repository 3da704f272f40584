// SPDX-License-Identifier: Apache-2.0

/** One step of Adam on given gradients: `tensors` parameters of `size` elements each. */
export interface Workload {
  readonly tensors: number;
  readonly size: number;
}

/** Adam's numbers, the same for everyone. ε is added to √v̂. */
export const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** Elements of the first parameter whose sum tells after a step that everyone computed the same. */
export const SAMPLES = 16;

/** The first values of parameter `k`: `cos(k + i)`, all different, the same in every language. */
export function firstValues(k: number, size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => Math.cos(k + i));
}

/** Its gradient in every step: `sin(k + i)`. */
export function gradientValues(k: number, size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(k + i));
}

/** The sum of `SAMPLES` elements, evenly spread. */
export function checksum(elements: ArrayLike<number>): number {
  const stride = Math.floor(elements.length / SAMPLES);
  let sum = 0;
  for (let i = 0; i < SAMPLES; i++) sum += elements[i * stride] ?? Number.NaN;
  return sum;
}
