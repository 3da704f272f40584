// SPDX-License-Identifier: Apache-2.0
import { ContiguousBatches, initInTurn, SingleProcess, startLanguageModel } from '@tapeloop/train';
import { workerMain } from '@tapeloop/train/node';
import { architecture, type Report, type Workload } from './workload.ts';

const { vocabularySize, ...sizes } = architecture;
const ids = Int32Array.from({ length: 200_000 }, (_, i) => (i * i + (i >> 3)) % vocabularySize);

await workerMain<Workload, never, Report>(async ({ communicator, data }) => {
  const { hidden, batch, window, warmUp, steps, apart = false } = data;
  await initInTurn(communicator, { wide: 'auto' });
  const { rank, size: ranks } = communicator;
  const { run } = startLanguageModel(
    { ...sizes, hidden, steps: 1000, learningRate: 0.01, warmup: 20 },
    {
      vocabularySize,
      training: new ContiguousBatches(ids, { batch, window, rank, ranks }),
      communicator: apart ? new SingleProcess() : communicator,
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
