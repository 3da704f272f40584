// SPDX-License-Identifier: Apache-2.0

/** Of the model that `benchmarks/data-parallel` trains: two LSTM layers. */
export const architecture = { vocabulary: 96, embedding: 64, layers: 2 } as const;

/** `bucketBytes` of a `GradientReducer` that is not told otherwise. */
const bucketBytes = 4 * 2 ** 20;

/** Bytes of all parameters, and so of all gradients, in float32. */
export function modelBytes(hidden: number): number {
  const { vocabulary, embedding, layers } = architecture;
  const lstm = (inputs: number) => 4 * hidden * (inputs + hidden + 1);
  const output = vocabulary * (hidden + 1);
  const elements = vocabulary * embedding + lstm(embedding) + (layers - 1) * lstm(hidden) + output;
  return 4 * elements;
}

/** Backward ends a layer at a time; what fits a bucket waits for the rest of it. */
export function gradientPortions(bytes: number): number {
  return Math.min(architecture.layers, Math.ceil(bytes / bucketBytes));
}
