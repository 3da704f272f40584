// SPDX-License-Identifier: Apache-2.0
import { type Array as JaxArray, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { serve, type Trainer } from '../harness/serve.ts';
import { startJaxJs } from '../harness/start-jax-js.ts';
import { adam, batches, firstWeights, type Workload } from './workload.ts';

const version = await startJaxJs();

/**
 * The workload in jax-js on its WASM backend: loss and gradients are one function under its jit, all
 * steps of time unrolled in it, and the Adam update of all parameters is another.
 *
 * It has no loop over time that backward can cross, hence the unrolling. Ids are one-hot rows, made
 * before the clock starts. A step's input projection is a product of its own: slicing one product of
 * all steps makes backward add up one padded array for each of them. Its functions own their
 * arguments, hence `ref` for what is used again.
 */
async function prepare(workload: Workload): Promise<Trainer> {
  const { time, batch, hidden, vocabulary } = workload;
  const gradients = jit((parameters: JaxArray[], inputs: JaxArray[], targets: JaxArray) =>
    valueAndGrad((weights: JaxArray[]) => lossOf(weights, inputs, targets, batch, hidden))(
      parameters,
    ),
  );
  const update = jit(adamUpdate);
  let parameters = firstWeights(workload).map(({ values, shape }) =>
    np.array(values, { shape: [...shape] }),
  );
  let means = parameters.map((parameter) => np.zerosLike(parameter.ref));
  let variances = parameters.map((parameter) => np.zerosLike(parameter.ref));
  const windows = batches(workload).map(({ inputs, targets }) => ({
    inputs: Array.from({ length: time }, (_, t) => oneHot(stepOf(inputs, t), vocabulary)),
    targets: oneHot(Array.from({ length: time }, (_, t) => stepOf(targets, t)).flat(), vocabulary),
  }));
  let steps = 0;

  function stepOf(ids: Int32Array, t: number): number[] {
    return Array.from({ length: batch }, (_, row) => ids[row * time + t] ?? 0);
  }

  return {
    identity: { name: 'jax-js', version, build: 'WASM, unrolled under jit', threads: 1 },
    step() {
      const window = windows[steps++ % windows.length];
      if (window === undefined) throw new Error('no windows.');
      const [loss, slopes] = gradients(
        parameters.map((parameter) => parameter.ref),
        window.inputs.map((ids) => ids.ref),
        window.targets.ref,
      );
      const { beta1, beta2 } = adam;
      const rate = (workload.learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
      const epsilon = adam.epsilon * Math.sqrt(1 - beta2 ** steps);
      [parameters, means, variances] = update(
        ...([parameters, slopes, means, variances] as const),
        ...([np.array(rate), np.array(epsilon)] as const),
      );
      // It computes what is read.
      for (const parameter of parameters) parameter.ref.dataSync();
      return loss.dataSync()[0] ?? Number.NaN;
    },
    dispose() {
      gradients.dispose();
      update.dispose();
      for (const array of [...parameters, ...means, ...variances]) array.dispose();
      for (const { inputs, targets } of windows) {
        for (const array of [...inputs, targets]) array.dispose();
      }
    },
  };
}

/** Mean cross-entropy of all steps; owns `weights` alone. */
function lossOf(
  weights: JaxArray[],
  inputs: readonly JaxArray[],
  targets: JaxArray,
  batch: number,
  hidden: number,
): JaxArray {
  const [embedding, kernel0, recurrent0, bias0, kernel1, recurrent1, bias1, kernel, bias] = weights;
  if (!embedding || !kernel0 || !recurrent0 || !bias0) throw new Error('no first layer.');
  if (!kernel1 || !recurrent1 || !bias1 || !kernel || !bias) throw new Error('no second layer.');
  const zeros = () => ({ h: np.zeros([batch, hidden]), c: np.zeros([batch, hidden]) });
  let [first, second] = [zeros(), zeros()];
  const outputs = inputs.map((ids) => {
    const x = np.matmul(ids.ref, embedding.ref);
    first = lstmStep(x, first, [kernel0, recurrent0, bias0]);
    second = lstmStep(first.h.ref, second, [kernel1, recurrent1, bias1]);
    return second.h.ref;
  });
  const logits = np.add(np.matmul(np.concatenate(outputs, 0), kernel.ref), bias.ref);
  const losses = np.sum(np.multiply(nn.logSoftmax(logits), targets.ref), 1);
  return np.negative(np.mean(losses));
}

/** One step of an LSTM. Owns `x` and the state, not the weights. */
function lstmStep(
  x: JaxArray,
  { h, c }: { h: JaxArray; c: JaxArray },
  [kernel, recurrent, bias]: readonly [JaxArray, JaxArray, JaxArray],
): { h: JaxArray; c: JaxArray } {
  const projected = np.add(np.matmul(x, kernel.ref), bias.ref);
  const [i, f, g, o] = np.split(np.add(projected, np.matmul(h, recurrent.ref)), 4, 1);
  if (!i || !f || !g || !o) throw new Error('four gates were asked for.');
  const kept = np.multiply(nn.sigmoid(f), c);
  const next = np.add(kept, np.multiply(nn.sigmoid(i), np.tanh(g)));
  return { c: next.ref, h: np.multiply(nn.sigmoid(o), np.tanh(next)) };
}

/** Adam with its bias corrections folded into `rate` and `epsilon`. */
function adamUpdate(
  parameters: JaxArray[],
  gradients: JaxArray[],
  means: JaxArray[],
  variances: JaxArray[],
  rate: JaxArray,
  epsilon: JaxArray,
): [JaxArray[], JaxArray[], JaxArray[]] {
  const mix = (old: JaxArray, beta: number, value: JaxArray) =>
    np.add(np.multiply(old, beta), np.multiply(value, 1 - beta));
  const nextMeans = means.map((mean, k) => mix(mean, adam.beta1, at(gradients, k).ref));
  const nextVariances = variances.map((variance, k) =>
    mix(variance, adam.beta2, np.square(at(gradients, k))),
  );
  const updated = parameters.map((parameter, k) => {
    const root = np.add(np.sqrt(at(nextVariances, k).ref), epsilon.ref);
    return np.subtract(parameter, np.divide(np.multiply(at(nextMeans, k).ref, rate.ref), root));
  });
  return [updated, nextMeans, nextVariances];
}

function at(arrays: readonly JaxArray[], k: number): JaxArray {
  const array = arrays[k];
  if (array === undefined) throw new Error(`there is no array ${k}.`);
  return array;
}

function oneHot(ids: readonly number[], vocabulary: number): JaxArray {
  const values = new Float32Array(ids.length * vocabulary);
  ids.forEach((id, row) => {
    values[row * vocabulary + id] = 1;
  });
  return np.array(values, { shape: [ids.length, vocabulary] });
}

await serve(prepare);
