// SPDX-License-Identifier: Apache-2.0
// tfjs with its own kernels: `node tfjs.ts wasm` or `node tfjs.ts cpu`. Both compute before a call returns.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type Operation, serve } from '../harness/serve.ts';
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

const backend = process.argv[2] === 'cpu' ? 'cpu' : 'wasm';
tf.enableProdMode();
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
await tf.setBackend(backend);

await serve(async (workload: Workload): Promise<Operation> => {
  const { operands, call } = prepare(workload);
  return {
    identity: {
      name: 'tfjs',
      version: tf.version_core,
      build: backend === 'cpu' ? 'JavaScript' : 'WASM SIMD',
      threads: 1,
    },
    step() {
      for (let i = 0; i < workload.repeats; i++) call().dispose();
    },
    outputs(places) {
      const result = call();
      const values = result.dataSync();
      result.dispose();
      return places.map((place) => values[place] ?? Number.NaN);
    },
    dispose: () => tf.dispose(operands),
  };
});

function prepare(workload: Workload): { operands: tf.Tensor[]; call: () => tf.Tensor } {
  if (workload.kind === 'product') {
    const { m, n, k, transposeA, transposeB } = workload;
    const a = tf.tensor2d(aValues(workload), transposeA ? [k, m] : [m, k]);
    const b = tf.tensor2d(bValues(workload), transposeB ? [n, k] : [k, n]);
    return { operands: [a, b], call: () => tf.matMul(a, b, transposeA, transposeB) };
  }
  const [x, y] = [tf.tensor2d(xValues(), [rows, width]), tf.tensor2d(yValues(), [rows, width])];
  const row = tf.tensor1d(yValues().subarray(0, width));
  const indices = tf.tensor1d(indexValues(), 'int32');
  const calls: Readonly<Record<string, () => tf.Tensor>> = {
    exp: () => tf.exp(x),
    log: () => tf.log(y),
    tanh: () => tf.tanh(x),
    sigmoid: () => tf.sigmoid(x),
    erf: () => tf.erf(x),
    softplus: () => tf.softplus(x),
    relu: () => tf.relu(x),
    add: () => tf.add(x, y),
    'add a row': () => tf.add(x, row),
    pow: () => tf.pow(y, x),
    'sum of all': () => tf.sum(x),
    'sum of rows': () => tf.sum(x, 1),
    'sum of columns': () => tf.sum(x, 0),
    'max of rows': () => tf.max(x, 1),
    softmax: () => tf.softmax(x),
    'gather rows': () => tf.gather(x, indices),
    transpose: () => tf.transpose(x),
  };
  const call = calls[workload.subject];
  if (call === undefined) throw new Error(`tfjs has no op for ${workload.subject}.`);
  return { operands: [x, y, row, indices], call };
}
