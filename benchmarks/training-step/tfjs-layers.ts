// SPDX-License-Identifier: Apache-2.0
import { accelerateTfjs } from '@tapeloop/core/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf, version_layers } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { serve, type Trainer } from '../harness/serve.ts';
import { adam, type Batch, batches, firstWeights, type Workload } from './workload.ts';

/**
 * The workload in tfjs-layers: on its WASM backend with its own kernels, the same with those of
 * `accelerateTfjs`, or on its backend in plain JavaScript.
 *
 * tfjs cannot train an embedding on WASM (no kernel for the gradient), so its table is a dense layer
 * without bias on one-hot ids, which are made before the clock starts. The loss is tfjs's fused
 * softmax cross-entropy, and one `minimize` is one step: there is less around it than in `fit`.
 */
async function prepare(workload: Workload): Promise<Trainer> {
  const build = await start(process.argv[2]);
  const model = buildModel(workload);
  const optimizer = tf.train.adam(workload.learningRate, adam.beta1, adam.beta2, adam.epsilon);
  const windows = batches(workload).map((batch) => oneHot(batch, workload));
  let steps = 0;
  return {
    identity: {
      name: 'tfjs-layers',
      version: version_layers,
      build: `${build}, one-hot in place of the embedding`,
      threads: 1,
    },
    step() {
      const window = windows[steps++ % windows.length];
      if (window === undefined) throw new Error('no windows.');
      const loss = optimizer.minimize(() => {
        const logits = model.apply(window.inputs, { training: true });
        if (!(logits instanceof tf.Tensor)) throw new Error('the model must have one output.');
        return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(window.targets, logits);
      }, true);
      const [value = Number.NaN] = loss?.dataSync() ?? [];
      loss?.dispose();
      return value;
    },
    dispose() {
      optimizer.dispose();
      model.dispose();
      tf.dispose(windows);
    },
  };
}

/** Selects a backend. Returns what the table says of it. */
async function start(backend = 'wasm'): Promise<string> {
  if (backend === 'accelerated') {
    const { runtime } = await accelerateTfjs();
    return `WASM SIMD, accelerateTfjs with ${runtime.kernels} kernels`;
  }
  if (backend !== 'wasm' && backend !== 'cpu') {
    throw new Error(`the backend must be wasm, accelerated or cpu, got ${backend}.`);
  }
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend(backend);
  return backend === 'wasm' ? 'WASM SIMD' : 'JavaScript';
}

function buildModel(workload: Workload) {
  const { hidden, embedding, vocabulary, time } = workload;
  // The weights are set below; tfjs's default for recurrent ones, orthogonal, takes seconds.
  const zeros = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;
  const lstm = () =>
    layers.lstm({
      ...zeros,
      units: hidden,
      recurrentInitializer: 'zeros',
      recurrentActivation: 'sigmoid',
      returnSequences: true,
    });
  const ids = input({ shape: [time, vocabulary] });
  let x = layers.dense({ ...zeros, units: embedding, useBias: false }).apply(ids);
  x = lstm().apply(x);
  x = lstm().apply(x);
  x = layers.dense({ ...zeros, units: vocabulary }).apply(x);
  if (Array.isArray(x) || x instanceof tf.Tensor) throw new Error('expected one symbolic output.');
  const model = modelOf({ inputs: ids, outputs: x });
  const weights = firstWeights(workload).map(({ values, shape }) => tf.tensor(values, [...shape]));
  model.setWeights(weights);
  tf.dispose(weights);
  return model;
}

function oneHot({ inputs, targets }: Batch, { batch, time, vocabulary }: Workload) {
  // Cast afterwards: asked for float32, tfjs's WASM kernel writes the bits of int32 ones.
  const encode = (ids: Int32Array) =>
    tf.tidy(() => tf.cast(tf.oneHot(tf.tensor2d(ids, [batch, time]), vocabulary), 'float32'));
  return { inputs: encode(inputs), targets: encode(targets) };
}

await serve(prepare);
