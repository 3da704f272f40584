// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from 'node:timers/promises';
import type { Interruption } from './interruption.ts';
import { StepsLeft } from './steps-left.ts';
import type { Terminal } from './terminal.ts';

/** What every training step tells. */
export interface LossReport {
  /** Number of the step, from 1. */
  readonly step: number;
  /** Of the step's batch before the update, in nats. */
  readonly loss: number;
}

/** What a training is watched with. */
export interface WatchOptions<Report extends LossReport = LossReport> {
  readonly terminal: Terminal;
  readonly interruption: Interruption;
  readonly steps: number;
  readonly validateEvery: number;
  /** Called every so many steps and after the last; prints what the model can do by now. */
  readonly validate: (step: number) => void;
  /** What the status line tells of a step. Default: its loss. */
  readonly describe?: (report: Report, secondsPerStep: number) => string;
}

/**
 * Trains by asking for reports, shows each on the status line and validates now and then. Stops early
 * when somebody asks for it.
 *
 * @returns whether all steps were made.
 */
export async function watchTraining<Report extends LossReport>(
  reports: Iterable<Report>,
  {
    terminal,
    interruption,
    steps,
    validateEvery,
    validate,
    describe = ({ loss }) => `loss ${loss.toFixed(4)} nats`,
  }: WatchOptions<Report>,
): Promise<boolean> {
  const progress = new StepsLeft(steps);
  for (const report of reports) {
    const { step } = report;
    terminal.status(progress.describe(step, (seconds) => describe(report, seconds)));
    if (step % validateEvery === 0 || step === steps) progress.pause(() => validate(step));
    // Signals arrive between turns of the event loop.
    await setImmediate();
    if (interruption.requested || interruption.outputClosed) return step === steps;
  }
  return true;
}
