// SPDX-License-Identifier: Apache-2.0
// The same work through the ops that users call, a tensor made and freed each time: `node tapeloop-ops.ts auto`.
import {
  add,
  erf,
  exp,
  gather,
  gelu,
  init,
  log,
  matMul,
  max,
  pow,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
} from '@tapeloop/core';
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

const info = await init({ wide: process.argv[2] === 'auto' ? 'auto' : 'off' });

await serve(async (workload: Workload): Promise<Operation> => {
  const { operands, call } = prepare(workload);
  return {
    identity: {
      name: 'Tapeloop',
      version: 'this commit',
      build: `op, ${info.kernels} kernels${info.wide ? ', wide' : ''}`,
      threads: 1,
    },
    step() {
      for (let i = 0; i < workload.repeats; i++) call().dispose();
    },
    outputs(places) {
      using result = call();
      const values = result.view();
      return places.map((place) => Number(values[place]));
    },
    dispose() {
      for (const operand of operands) operand.dispose();
    },
  };
});

function prepare(workload: Workload): { operands: Tensor[]; call: () => Tensor } {
  if (workload.kind === 'product') {
    const { m, n, k, transposeA, transposeB } = workload;
    const a = tensor(aValues(workload), transposeA ? [k, m] : [m, k]);
    const b = tensor(bValues(workload), transposeB ? [n, k] : [k, n]);
    return { operands: [a, b], call: () => matMul(a, b, { transposeA, transposeB }) };
  }
  const [x, y] = [tensor(xValues(), [rows, width]), tensor(yValues(), [rows, width])];
  const row = tensor(yValues().subarray(0, width), [width]);
  const indices = tensor(indexValues(), [rows]);
  const calls: Readonly<Record<string, () => Tensor>> = {
    exp: () => exp(x),
    log: () => log(y),
    tanh: () => tanh(x),
    sigmoid: () => sigmoid(x),
    erf: () => erf(x),
    softplus: () => softplus(x),
    silu: () => silu(x),
    'gelu tanh': () => gelu(x, { approximate: true }),
    'gelu erf': () => gelu(x),
    relu: () => relu(x),
    add: () => add(x, y),
    'add a row': () => add(x, row),
    pow: () => pow(y, x),
    'sum of all': () => sum(x),
    'sum of rows': () => sum(x, { axis: 1 }),
    'sum of columns': () => sum(x, { axis: 0 }),
    'max of rows': () => max(x, { axis: 1 }),
    softmax: () => softmax(x),
    'gather rows': () => gather(x, indices),
    transpose: () => transpose(x),
  };
  const call = calls[workload.subject];
  if (call === undefined) throw new Error(`there is no op for ${workload.subject}.`);
  return { operands: [x, y, row, indices], call };
}
