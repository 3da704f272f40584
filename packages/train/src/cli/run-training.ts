// SPDX-License-Identifier: Apache-2.0
import type { EndEvent, EndReason, TrainingEvent } from '../loop/events.ts';
import { logFile, tensorBoardFile } from '../reporters/files.ts';
import { type Reporter, reportTo } from '../reporters/reporter.ts';
import { terminalLine } from '../reporters/terminal-line.ts';
import { interruptedExitCode, listenForInterruption } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UserError } from '../terminal/user-error.ts';
import { reasonOf } from '../text/reason.ts';
import type { LoopValues } from './train-options.ts';
import type { TrainingPlan } from './train-rank.ts';

const endings: Record<EndReason, string> = {
  steps: 'All steps are made.',
  patience: 'The validation loss does not fall any more.',
  time: 'The time is up.',
  stopped: 'Stopped.',
};

/** What a training is shown on, and how it begins. */
export interface RunTrainingOptions {
  readonly terminal: Terminal;
  /** Begins to train, and tells how it goes. */
  readonly start: (signal: AbortSignal) => AsyncIterable<TrainingEvent>;
}

/** Trains as planned, in front of whoever sits at the terminal. Returns the exit code. */
export async function runTraining(
  plan: TrainingPlan,
  { terminal, start }: RunTrainingOptions,
): Promise<number> {
  const { loop, model } = plan.config;
  const line = terminalLine(terminal, {
    steps: loop.steps,
    token: tokenNames[model.tokenizer],
    unit: model.tokenizer === 'char' ? 'bits' : 'perplexity',
  });
  const reporters = [line, ...fileReporters(loop)];
  using interruption = listenForInterruption();
  let saved: string | undefined;
  let end: EndEvent | undefined;
  for await (const event of reportTo(reporters, start(interruption.signal))) {
    if (event.type === 'saved') saved = event.path;
    if (event.type === 'end') end = event;
  }
  if (interruption.outputClosed) return 0;
  conclude(terminal, plan, { end, saved });
  return end?.reason === 'stopped' ? interruptedExitCode : 0;
}

/** What a token of each tokenizer is called. */
const tokenNames = { char: 'character', word: 'word', bpe: 'token' } as const;

function fileReporters({ log, tensorboard }: LoopValues): Reporter[] {
  return [
    ...(log === '' ? [] : [orUserError('log', log, () => logFile(log))]),
    ...(tensorboard === ''
      ? []
      : [orUserError('tensorboard', tensorboard, () => tensorBoardFile(tensorboard))]),
  ];
}

function orUserError(option: string, path: string, open: () => Reporter): Reporter {
  try {
    return open();
  } catch (error) {
    throw new UserError(
      `--${option}: cannot write ${path}: ${reasonOf(error)}. Name another place.`,
    );
  }
}

interface Conclusion {
  readonly end: EndEvent | undefined;
  readonly saved: string | undefined;
}

function conclude(terminal: Terminal, plan: TrainingPlan, { end, saved }: Conclusion): void {
  if (end === undefined) return;
  const option = `--checkpoint ${plan.checkpoint}`;
  terminal.line(`${endings[end.reason]} ${end.step} steps in all; saved in ${saved}.`);
  if (end.reason !== 'steps') terminal.line(`Go on with: tapeloop resume ${option}`);
  terminal.line(`Text of the model: tapeloop sample ${option}`);
}
