// SPDX-License-Identifier: Apache-2.0
import { memory, type Tree } from '@tapeloop/core';
import { check, checkWhole } from '../check.ts';
import type { Batch, BatchSource } from '../data/batch.ts';
import { agree } from '../parallel/agree.ts';
import type { EndReason, StepEvent, TrainingEvent, ValidationEvent } from './events.ts';
import { nextTurn } from './next-turn.ts';
import { Speedometer } from './speedometer.ts';
import type { TrainingRun } from './training-run.ts';

/** How long a loop goes on, and what it does on the way. */
export interface TrainOptions<B extends Batch> {
  /** Steps in all, those before a resume included. At least 1. */
  readonly steps: number;
  /** Data that the model is not trained on. Default: no validation. */
  readonly validation?: BatchSource<B> | undefined;
  /** Steps between two validations; the last step is followed by one too. Default 100. */
  readonly validateEvery?: number;
  /** Ends after this many validations in a row without a lower loss. Default: never. */
  readonly patience?: number;
  /** Ends after the first step that is over when this many seconds have passed. Default: never. */
  readonly maxSeconds?: number;
  /** Ends after the step that runs when it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Saves the run: after each validation, where there is one due, and when the loop ends.
   *
   * @param validation the one that was just made, if any.
   * @returns the file's name.
   */
  readonly save?: (validation: ValidationEvent | undefined) => string | Promise<string>;
  /** The learning rate at a step, counted from 0, for the reports: the optimizer's schedule. */
  readonly learningRate: (step: number) => number;
  /** Milliseconds. Default `performance.now`. */
  readonly clock?: () => number;
}

/**
 * Trains a run and tells what happens, step by step. Whoever listens sets the pace: the next step is
 * made when the next event is asked for, and leaving the loop (`break`) ends the training there.
 *
 * @throws ValueError when the run has made its steps already, or an option is out of range; and what
 *   `TrainingRun.trainStep` throws.
 *
 * @example
 * for await (const event of train(run, { steps: 3000, validation, learningRate })) {
 *   if (event.type === 'validation') console.log(event.step, event.loss);
 * }
 */
export async function* train<B extends Batch, Carried extends Tree>(
  run: TrainingRun<B, Carried>,
  options: TrainOptions<B>,
): AsyncGenerator<TrainingEvent> {
  checkOptions(run.counters.step, options);
  const { steps, validation, validateEvery = 100, patience = Number.POSITIVE_INFINITY } = options;
  const { save, clock = () => performance.now() } = options;
  const start = clock();
  const speed = new Speedometer();
  let reason: EndReason | undefined;
  while (reason === undefined) {
    const event = await makeStep(run, options.learningRate, { clock, start, speed });
    yield event;
    await nextTurn();
    reason = await agree(run.communicator, endReason(event, options));
    const isDue = event.step % validateEvery === 0 || event.step === steps;
    const validated =
      isDue && validation !== undefined ? await validate(run, validation) : undefined;
    if (validated !== undefined) {
      yield validated;
      reason ??= run.counters.sinceBest >= patience ? 'patience' : undefined;
    }
    if (save !== undefined && (isDue || reason !== undefined)) {
      yield { type: 'saved', step: event.step, path: await save(validated) };
    }
  }
  yield { type: 'end', step: run.counters.step, reason };
}

interface Clocks {
  readonly clock: () => number;
  readonly start: number;
  readonly speed: Speedometer;
}

async function makeStep<B extends Batch, Carried extends Tree>(
  run: TrainingRun<B, Carried>,
  learningRate: TrainOptions<B>['learningRate'],
  { clock, start, speed }: Clocks,
): Promise<StepEvent> {
  const before = clock();
  const rate = learningRate(run.counters.step) * run.optimizer.learningRateScale;
  const result = await run.trainStep();
  const now = clock();
  return {
    type: 'step',
    step: run.counters.step,
    ...result,
    learningRate: rate,
    tokensPerSecond: speed.add(result.tokens, (now - before) / 1000),
    seconds: (now - start) / 1000,
    heapBytes: memory().heapBytes,
  };
}

async function validate<B extends Batch, Carried extends Tree>(
  run: TrainingRun<B, Carried>,
  validation: BatchSource<B>,
): Promise<ValidationEvent> {
  const loss = await run.evaluate(validation);
  const isBest = run.observe(loss);
  return { type: 'validation', step: run.counters.step, loss, isBest };
}

function endReason<B extends Batch>(
  { step, seconds }: StepEvent,
  { steps, maxSeconds = Number.POSITIVE_INFINITY, signal }: TrainOptions<B>,
): EndReason | undefined {
  if (step >= steps) return 'steps';
  if (signal?.aborted === true) return 'stopped';
  return seconds >= maxSeconds ? 'time' : undefined;
}

function checkOptions<B extends Batch>(made: number, options: TrainOptions<B>): void {
  const { steps, validateEvery = 1, patience = 1, maxSeconds = 1 } = options;
  checkWhole('train', 'steps', steps);
  checkWhole('train', 'validateEvery', validateEvery);
  checkWhole('train', 'patience', patience);
  check('train', 'maxSeconds', maxSeconds, maxSeconds > 0, 'above 0');
  check('train', 'steps', steps, made < steps, `more than the ${made} that the run has made`);
}
