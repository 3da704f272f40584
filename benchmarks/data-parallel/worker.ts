// SPDX-License-Identifier: Apache-2.0
import { ContiguousBatches, initInTurn, startLanguageModel } from '@tapeloop/train';
import { workerMain } from '@tapeloop/train/node';
import type { Report, Workload } from './workload.ts';

const vocabularySize = 96;
const ids = Int32Array.from({ length: 200_000 }, (_, i) => (i * i + (i >> 3)) % vocabularySize);

await workerMain<Workload, never, Report>(async ({ communicator, data }) => {
  const { hidden, batch, window, warmUp, steps } = data;
  await initInTurn(communicator, { wide: 'auto' });
  const { rank, size: ranks } = communicator;
  const { run } = startLanguageModel(
    {
      embedding: 64,
      hidden,
      layers: 2,
      steps: 1000,
      learningRate: 0.01,
      warmup: 20,
    },
    {
      vocabularySize,
      training: new ContiguousBatches(ids, { batch, window, rank, ranks }),
      communicator,
    },
  );
  const losses: number[] = [];
  for (let step = 0; step < warmUp; step++) losses.push((await run.trainStep()).loss);
  const start = performance.now();
  for (let step = 0; step < steps; step++) losses.push((await run.trainStep()).loss);
  const milliseconds = performance.now() - start;
  run.dispose();
  return { losses, milliseconds };
});
