// SPDX-License-Identifier: Apache-2.0
import { init, mul, square, sum, tensor, tidy } from '@tapeloop/core';
import { Embedding } from '@tapeloop/layers';
import { adagrad, adam, Optimizer, sgd, sparseAdam } from '@tapeloop/optim';
import { serve, type Trainer } from '../harness/serve.ts';
import { BATCHES, epsilon, firstValues, idsOf, learningRate, type Workload } from './workload.ts';

/** The step of a user of Tapeloop: look up, differentiate, update. */
async function prepare(workload: Workload): Promise<Trainer> {
  const { kernels } = await init();
  const { rows, width, ids, gradient } = workload;
  const sparseGradient = gradient === 'sparse';
  const table = new Embedding(rows, width, { sparseGradient, embeddingsInitializer: 'zeros' });
  table.build([null, 1]);
  table.parameter('embeddings').update((elements) => elements.set(firstValues(workload)));
  const optimizer = new Optimizer(table.parameters(), ruleOf(workload));
  const batches = Array.from({ length: BATCHES }, (_, k) => tensor(idsOf(workload, k)));
  let steps = 0;
  return {
    identity: {
      name: `Tapeloop ${gradient}`,
      version: 'this commit',
      build: `${kernels} kernels`,
      threads: 1,
    },
    step() {
      const batch = batches[steps++ % BATCHES];
      if (batch === undefined) throw new Error('no batch');
      const loss = () => mul(sum(square(table.call(batch, { training: true }))), 1 / ids);
      return tidy(() => optimizer.minimize(loss).value.item());
    },
    dispose() {
      optimizer.dispose();
      table.dispose();
      for (const batch of batches) batch.dispose();
    },
  };
}

function ruleOf({ rule, gradient }: Workload) {
  if (rule === 'sgd') return sgd({ learningRate });
  if (rule === 'adagrad') return adagrad({ learningRate, epsilon });
  return gradient === 'sparse'
    ? sparseAdam({ learningRate, epsilon })
    : adam({ learningRate, epsilon });
}

await serve(prepare);
