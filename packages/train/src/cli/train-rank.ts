// SPDX-License-Identifier: Apache-2.0
import { dispose, init } from '@tapeloop/core';
import { encodeCheckpoint, type SavedRun, withRunState } from '../checkpoint/checkpoint.ts';
import { CheckpointFolder } from '../checkpoint/checkpoint-folder.ts';
import type { Batch } from '../data/batch.ts';
import { ContiguousBatches } from '../data/contiguous-batches.ts';
import { startLanguageModel } from '../language-model/start-run.ts';
import { type TokenizedText, validationBatches } from '../language-model/text-data.ts';
import type { TrainingEvent, ValidationEvent } from '../loop/events.ts';
import { train } from '../loop/train.ts';
import type { TrainingRun } from '../loop/training-run.ts';
import { checkReplicas } from '../parallel/check-replicas.ts';
import type { Communicator } from '../parallel/communicator.ts';
import { gatherState, shareOf } from '../parallel/replica-state.ts';
import { configToJson, type SavedConfig } from './saved-config.ts';

/** All that a process needs to take part in a run: plain data, which can be sent. */
export interface TrainingPlan {
  readonly config: SavedConfig;
  readonly text: TokenizedText;
  /** Number of different tokens. */
  readonly vocabularySize: number;
  /** The folder of the run's checkpoints. */
  readonly checkpoint: string;
  /** Where the run goes on; `undefined` at its beginning. */
  readonly saved: SavedRun | undefined;
}

/** Trains as planned, one of the ranks of a communicator, and tells how it goes. */
export async function* trainRank(
  plan: TrainingPlan,
  communicator: Communicator,
  signal: AbortSignal,
): AsyncGenerator<TrainingEvent> {
  const { text, vocabularySize, saved } = plan;
  const { model, loop } = plan.config;
  const { batch, window } = model;
  const { rank, size: ranks } = communicator;
  await init({ wide: 'auto' });
  const share = { batch, window, rank, ranks };
  const { run, learningRate } = startLanguageModel(
    { ...model, steps: loop.steps },
    {
      vocabularySize,
      training: new ContiguousBatches(text.training, share),
      communicator,
    },
  );
  try {
    if (saved !== undefined) {
      withRunState(saved, (state) => run.restore(shareOf(state, communicator)));
    }
    yield* train(run, {
      steps: loop.steps,
      validation: validationBatches(text.validation, share),
      validateEvery: loop.validateEvery,
      ...(loop.patience > 0 && { patience: loop.patience }),
      ...(loop.maxMinutes > 0 && { maxSeconds: loop.maxMinutes * 60 }),
      signal,
      save: saver(plan, run),
      learningRate,
    });
  } finally {
    run.dispose();
  }
}

/** Gathers the run from all ranks; the first writes it. */
function saver<B extends Batch, Carried>(
  { config, checkpoint }: TrainingPlan,
  run: TrainingRun<B, Carried>,
): (validation: ValidationEvent | undefined) => Promise<string> {
  const folder = new CheckpointFolder(checkpoint, config.loop);
  return async (validation) => {
    await checkReplicas(run.communicator, run.optimizer.parameters);
    const state = await gatherState(run.state(), run.communicator);
    try {
      if (run.communicator.rank > 0) return checkpoint;
      const bytes = encodeCheckpoint(state, configToJson(config));
      return folder.save(bytes, state.counters.step, validation?.loss);
    } finally {
      dispose(state.tensors);
    }
  };
}
