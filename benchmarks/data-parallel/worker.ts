// SPDX-License-Identifier: Apache-2.0
import {
  type Communicator,
  ContiguousBatches,
  initInTurn,
  SingleProcess,
  startLanguageModel,
} from '@tapeloop/train';
import { workerMain } from '@tapeloop/train/node';
import { architecture, type Report, type Round, type Workload } from './workload.ts';

const { vocabularySize, ...sizes } = architecture;
const ids = Int32Array.from({ length: 200_000 }, (_, i) => (i * i + (i >> 3)) % vocabularySize);

await workerMain<Workload, never, Report>(async ({ communicator, data }) => {
  await initInTurn(communicator, { wide: 'auto' });
  const { rank, size: ranks } = communicator;
  using shared = start(data, communicator);
  using own = start(data, new SingleProcess());
  const losses: number[] = [];
  for (let step = 0; step < data.warmUp; step++) {
    await own.trainStep();
    losses.push((await shared.trainStep()).loss);
  }
  /** Milliseconds of a step, begun by all workers at once. */
  const time = async (run: typeof own) => {
    await communicator.barrier();
    const before = performance.now();
    for (let step = 0; step < data.steps; step++) await run.trainStep();
    return (performance.now() - before) / data.steps;
  };
  const rounds: Round[] = [];
  for (let round = 0; round < data.rounds; round++) {
    let alone = Number.NaN;
    for (let turn = 0; turn < ranks; turn++) {
      if (turn === rank) alone = await time(own);
      else await communicator.barrier();
    }
    rounds.push({ alone, together: await time(shared), apart: await time(own) });
  }
  return { losses, rounds };
});

function start({ hidden, batch, window }: Workload, communicator: Communicator) {
  const { rank, size: ranks } = communicator;
  const training = new ContiguousBatches(ids, { batch, window, rank, ranks });
  return startLanguageModel(
    { ...sizes, hidden, steps: 1000, learningRate: 0.01, warmup: 20 },
    { vocabularySize, training, communicator },
  ).run;
}
