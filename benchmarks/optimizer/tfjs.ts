// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { serve, type Trainer } from '../harness/serve.ts';
import { adam, checksum, firstValues, gradientValues, type Workload } from './workload.ts';

/** tfjs's Adam on its WASM backend, with its own kernels. */
async function prepare({ tensors, size }: Workload): Promise<Trainer> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  const variables = Array.from({ length: tensors }, (_, k) =>
    tf.tidy(() => tf.variable(tf.tensor1d(firstValues(k, size)), true, `x${k}`)),
  );
  const gradients = variables.map(({ name }, k) => {
    return { name, tensor: tf.tensor1d(gradientValues(k, size)) };
  });
  const { learningRate, beta1, beta2, epsilon } = adam;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  return {
    identity: { name: 'tfjs', version: tf.version_core, build: 'WASM SIMD', threads: 1 },
    step() {
      optimizer.applyGradients(gradients);
      return checksum(variables[0]?.dataSync() ?? []);
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([variables, gradients.map(({ tensor }) => tensor)]);
    },
  };
}

await serve(prepare);
