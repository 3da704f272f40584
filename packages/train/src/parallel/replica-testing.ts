// SPDX-License-Identifier: Apache-2.0
import { dispose, init, memory } from '@tapeloop/core';
import { ContiguousBatches } from '../data/contiguous-batches.ts';
import { type LanguageModelRun, startLanguageModel } from '../language-model/start-run.ts';
import { toyIds } from '../loop/toy-run-testing.ts';
import type { Communicator } from './communicator.ts';

/** What the workers of a test train. */
export interface ReplicaPlan {
  readonly steps: number;
  /** Rows of each worker. */
  readonly batch: number;
  readonly outputKeep: number;
  /** A worker that throws, or exits, instead of making a step. */
  readonly failure?: {
    readonly rank: number;
    readonly step: number;
    readonly kind: 'throw' | 'exit';
  };
}

/** How a worker ended. */
export interface ReplicaResult {
  readonly losses: readonly number[];
  readonly validation: number;
  /** Every bit of the parameters and of the optimizer's state. */
  readonly parameters: string;
  /** Live tensors and bytes of the heap after a quarter of the steps, and at the end. */
  readonly memory: readonly (readonly [tensors: number, heapBytes: number])[];
}

/** What differs from one kind of worker to another. */
export interface ReplicaHost {
  /** Ends the worker without a word. */
  exit(): Promise<never>;
  afterStep?(run: LanguageModelRun['run']): Promise<void>;
}

/** Trains a toy language model as one rank. */
export async function trainReplica(
  communicator: Communicator,
  { steps, batch, outputKeep, failure }: ReplicaPlan,
  host: ReplicaHost,
): Promise<ReplicaResult> {
  const { rank, size: ranks } = communicator;
  await init();
  const { run } = startLanguageModel(
    {
      embedding: 6,
      hidden: 8,
      layers: 1,
      outputKeep,
      steps: Math.max(100, steps),
      learningRate: 0.02,
      warmup: 5,
    },
    {
      vocabularySize: 7,
      training: new ContiguousBatches(toyIds, { batch, window: 6, rank, ranks }),
      communicator,
    },
  );
  using _ = run;
  const losses: number[] = [];
  const memories: [number, number][] = [];
  for (let step = 1; step <= steps; step++) {
    if (failure?.rank === rank && failure.step === step) {
      if (failure.kind === 'exit') await host.exit();
      throw new RangeError('the data of this rank is gone');
    }
    losses.push((await run.trainStep()).loss);
    if (step === Math.ceil(steps / 4) || step === steps) {
      const { tensors, heapBytes } = memory();
      memories.push([tensors, heapBytes]);
    }
    await host.afterStep?.(run);
  }
  const validation = await run.evaluate(
    new ContiguousBatches(toyIds, { batch: 12 / ranks, window: 10, rank, ranks }),
  );
  const state = run.state();
  const shared = [...state.tensors].filter(([name]) => !name.startsWith('carried/'));
  const parameters = JSON.stringify(shared.map(([name, value]) => [name, [...value.data()]]));
  dispose(state.tensors);
  return { losses, validation, parameters, memory: memories };
}
