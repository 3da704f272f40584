// SPDX-License-Identifier: Apache-2.0
// Runs a kernel of tfjs's by name on two backends and compares what comes out.
import * as tf from '@tensorflow/tfjs-core';

/** An input: a shape, filled with numbers in [-1, 1] that all differ, or one with its elements. */
export type Input = readonly number[] | Elements;

/** A shape and its elements. */
export interface Elements {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** One call of a kernel. */
export interface Case {
  readonly title: string;
  /** By name, or a list where tfjs takes one. */
  readonly inputs: Readonly<Record<string, Input>> | readonly Input[];
  readonly attrs?: tf.NamedAttrMap;
}

interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

/** int32 elements. */
export function integers(shape: readonly number[], values: readonly number[]): Elements {
  return { shape, values, dtype: 'int32' };
}

/**
 * Runs a kernel on tfjs's CPU backend and on its WASM backend.
 *
 * @throws Error when the results differ in number, shape or dtype, or in an element by more than
 *   `bound · (1 + |value|)`, or when more tensors are left than came out. NaN equals NaN.
 */
export async function compareWithCpu(name: string, example: Case, bound: number): Promise<void> {
  const want = await runOn('cpu', name, example).finally(() => tf.setBackend('wasm'));
  const got = await runOn('wasm', name, example);
  if (got.length !== want.length) {
    throw new Error(`${name}: there must be ${want.length} outputs, got ${got.length}.`);
  }
  want.forEach((result, i) => compare(name, result, got[i], bound));
}

function compare(name: string, want: Result, got: Result | undefined, bound: number): void {
  const [expected, received] = [want, got].map((r) => `${r?.dtype} [${r?.shape.join(',')}]`);
  if (got === undefined || expected !== received) {
    throw new Error(`${name}: the output must be ${expected}, got ${received}.`);
  }
  want.values.forEach((value, i) => {
    const other = got.values[i] ?? Number.POSITIVE_INFINITY;
    if (Object.is(value, other) || value === other) return;
    if (Math.abs(value - other) <= bound * (1 + Math.abs(value))) return;
    throw new Error(`${name}: element ${i} must be ${value}, got ${other}.`);
  });
}

async function runOn(backend: string, name: string, example: Case): Promise<Result[]> {
  await tf.setBackend(backend);
  const tensors = Object.values(example.inputs).map(tensorOf);
  const names = Object.keys(example.inputs);
  const named = Object.fromEntries(tensors.map((tensor, i) => [names[i] ?? '', tensor]));
  // tfjs's types know no kernel that takes a list, but einsum does.
  const inputs = Array.isArray(example.inputs) ? Object.assign([...tensors], named) : named;
  const before = tf.engine().backend.numDataIds();
  const made = tf.engine().runKernel(name, inputs, example.attrs ?? {});
  const outputs = [made].flat() as tf.Tensor[];
  const results = outputs.map((output) => ({
    shape: output.shape,
    dtype: output.dtype,
    values: Array.from(output.dataSync()),
  }));
  tf.dispose(outputs);
  const left = tf.engine().backend.numDataIds() - before;
  tf.dispose(tensors);
  if (left !== 0 && backend === 'wasm') throw new Error(`${name}: ${left} tensors are left.`);
  return results;
}

function tensorOf(input: Input, seed: number): tf.Tensor {
  if (isElements(input)) return tf.tensor([...input.values], [...input.shape], input.dtype);
  const size = tf.util.sizeFromShape([...input]);
  const values = Float32Array.from({ length: size }, (_, i) => Math.cos(i * 1.3 + seed));
  return tf.tensor(values, [...input], 'float32');
}

function isElements(input: Input): input is Elements {
  return !Array.isArray(input);
}
