// SPDX-License-Identifier: Apache-2.0
import type { RuntimeInfo } from '@tapeloop/core';
import type { Schedule } from '@tapeloop/optim';
import { type Batch, reportTo, type TrainingRun, train } from '@tapeloop/train';
import {
  interruptedExitCode,
  listenForInterruption,
  Terminal,
  terminalLine,
} from '@tapeloop/train/node';
import { startTapeloop } from './start-tapeloop.ts';

/** A run that was begun. */
export interface StartedRun {
  readonly config: { readonly steps: number; readonly validateEvery: number };
  readonly run: TrainingRun<Batch>;
  readonly learningRate: Schedule;
}

/** What an example says besides the status of each step. */
export interface ExampleReport<Started> {
  /** What a token is called. */
  readonly token: string;
  /** Says what is about to be trained, and on what. */
  readonly introduce: (terminal: Terminal, started: Started, info: RuntimeInfo) => void;
  /** Says how well the model does after every `validateEvery`-th step, and after the last. */
  readonly validate: (terminal: Terminal, started: Started) => void;
  /** Says what was reached. */
  readonly conclude: (terminal: Terminal, started: Started) => void;
}

/**
 * Trains a model whose validation is more than a loss, and reports it. Ctrl-C ends the training after
 * the step that is being made.
 *
 * @param start begins the run, once Tapeloop has started.
 * @returns the exit code.
 */
export async function trainExample<Started extends StartedRun>(
  start: () => Started,
  { token, introduce, validate, conclude }: ExampleReport<Started>,
): Promise<number> {
  const terminal = new Terminal(process.stdout);
  using interruption = listenForInterruption();
  const info = await startTapeloop();
  const started = start();
  introduce(terminal, started, info);
  const { run, learningRate } = started;
  const { steps, validateEvery } = started.config;
  const line = terminalLine(terminal, { steps, token });
  const events = train(run, { steps, learningRate, signal: interruption.signal });
  for await (const { type, step } of reportTo([line], events)) {
    if (type !== 'step') continue;
    if (step % validateEvery === 0 || step === steps) validate(terminal, started);
  }
  if (interruption.outputClosed) return 0;
  const { step } = run.counters;
  if (step < steps) terminal.line(`Stopped after step ${step}.`);
  conclude(terminal, started);
  return step === steps ? 0 : interruptedExitCode;
}
