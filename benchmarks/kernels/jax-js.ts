// SPDX-License-Identifier: Apache-2.0
// jax-js on its WASM backend, each function compiled by its jit. It computes when a result is read, and reading copies
// it, so the time of a call has a copy of the result in it.

import { type Array as JaxArray, jit, nn, numpy as np, scipySpecial } from '@jax-js/jax';
import { type Operation, serve } from '../harness/serve.ts';
import { startJaxJs } from '../harness/start-jax-js.ts';
import {
  aValues,
  bValues,
  indexValues,
  rows,
  type Workload,
  width,
  xValues,
  yValues,
} from './workload.ts';

const version = await startJaxJs();

/** A function of one or two arrays, which it consumes. */
type Call = (a: JaxArray, b: JaxArray) => JaxArray;

await serve(async (workload: Workload): Promise<Operation> => {
  const { a, b, fn } = prepare(workload);
  const compiled = jit(fn);
  const read = () => compiled(a.ref, b.ref).dataSync();
  read();
  return {
    identity: { name: 'jax-js', version, build: 'WASM, jit', threads: 1 },
    step() {
      for (let i = 0; i < workload.repeats; i++) read();
    },
    outputs(places) {
      const values = read();
      return places.map((place) => values[place] ?? Number.NaN);
    },
    dispose() {
      compiled.dispose();
      a.dispose();
      b.dispose();
    },
  };
});

function prepare(workload: Workload): { a: JaxArray; b: JaxArray; fn: Call } {
  if (workload.kind === 'product') {
    const { m, n, k, transposeA, transposeB } = workload;
    const a = np.array(aValues(workload), { shape: transposeA ? [k, m] : [m, k] });
    const b = np.array(bValues(workload), { shape: transposeB ? [n, k] : [k, n] });
    const stored = (matrix: JaxArray, transposed: boolean) =>
      transposed ? np.transpose(matrix) : matrix;
    const fn: Call = (x, y) => np.matmul(stored(x, transposeA), stored(y, transposeB));
    return { a, b, fn };
  }
  const shape = [rows, width];
  const x = () => np.array(xValues(), { shape });
  const y = () => np.array(yValues(), { shape });
  const row = () => np.array(yValues().subarray(0, width));
  const indices = () => np.array(indexValues());
  const none = () => np.array(new Float32Array(1));
  const subjects: Readonly<Record<string, readonly [() => JaxArray, () => JaxArray, Call]>> = {
    exp: [x, none, (a) => np.exp(a)],
    log: [y, none, (a) => np.log(a)],
    tanh: [x, none, (a) => np.tanh(a)],
    sigmoid: [x, none, (a) => nn.sigmoid(a)],
    erf: [x, none, (a) => scipySpecial.erf(a)],
    softplus: [x, none, (a) => nn.softplus(a)],
    silu: [x, none, (a) => nn.silu(a)],
    'gelu tanh': [x, none, (a) => nn.gelu(a, { approximate: true })],
    'gelu erf': [x, none, (a) => nn.gelu(a, { approximate: false })],
    relu: [x, none, (a) => nn.relu(a)],
    add: [x, y, (a, b) => np.add(a, b)],
    'add a row': [x, row, (a, b) => np.add(a, b)],
    pow: [y, x, (a, b) => np.power(a, b)],
    'sum of all': [x, none, (a) => np.sum(a)],
    'sum of rows': [x, none, (a) => np.sum(a, 1)],
    'sum of columns': [x, none, (a) => np.sum(a, 0)],
    'max of rows': [x, none, (a) => np.max(a, 1)],
    softmax: [x, none, (a) => nn.softmax(a)],
    'gather rows': [x, indices, (a, b) => np.take(a, b, 0)],
    transpose: [x, none, (a) => np.transpose(a)],
  };
  const subject = subjects[workload.subject];
  if (subject === undefined) throw new Error(`jax-js has no function for ${workload.subject}.`);
  const [first, second, fn] = subject;
  return { a: first(), b: second(), fn };
}
