// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import { sharedBuffer } from './shared-buffer.ts';

/** A parameter's part of a bucket. */
export interface BucketEntry {
  readonly parameter: Parameter;
  /** The gradient's elements. */
  readonly elements: Float32Array;
  /** One element: 1 when this rank has a gradient; summed, the number of ranks that have one. */
  readonly isPresent: Float32Array;
}

/** Gradients that travel together. */
export interface Bucket {
  readonly entries: readonly BucketEntry[];
  /** What is sent: the elements of all entries, then their flags. */
  readonly staging: Float32Array;
}

/**
 * Deals out parameters to buckets, the last first: backward reaches them in about that order. A bucket
 * takes parameters until it has `bucketBytes` or more.
 *
 * @see Li et al. 2020, "PyTorch Distributed: Experiences on Accelerating Data Parallel Training",
 *   section 3.2.3.
 */
export function planBuckets(parameters: readonly Parameter[], bucketBytes: number): Bucket[] {
  const groups: Parameter[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const parameter of parameters.toReversed()) {
    if (bytes >= bucketBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(parameter);
    bytes += 4 * parameter.size;
  }
  return groups.map(makeBucket);
}

function makeBucket(parameters: readonly Parameter[]): Bucket {
  const size = parameters.reduce((sum, parameter) => sum + parameter.size, 0);
  const staging = new Float32Array(sharedBuffer(4 * (size + parameters.length)));
  let start = 0;
  const entries = parameters.map((parameter, i) => {
    const elements = staging.subarray(start, start + parameter.size);
    const isPresent = staging.subarray(size + i, size + i + 1);
    start += parameter.size;
    return { parameter, elements, isPresent };
  });
  return { entries, staging };
}
