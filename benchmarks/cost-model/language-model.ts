// SPDX-License-Identifier: Apache-2.0
import { architecture } from '../data-parallel/workload.ts';

/** `bucketBytes` of a `GradientReducer` that is not told otherwise. */
const bucketBytes = 4 * 2 ** 20;

/** Bytes of all parameters of the model of `benchmarks/data-parallel`, and so of all gradients. */
export function modelBytes(hidden: number): number {
  const { vocabularySize, embedding, layers } = architecture;
  const lstm = (inputs: number) => 4 * hidden * (inputs + hidden + 1);
  const output = vocabularySize * (hidden + 1);
  const elements =
    vocabularySize * embedding + lstm(embedding) + (layers - 1) * lstm(hidden) + output;
  return 4 * elements;
}

/** Backward ends a layer at a time; what fits a bucket waits for the rest of it. */
export function gradientPortions(bytes: number): number {
  return Math.min(architecture.layers, Math.ceil(bytes / bucketBytes));
}
