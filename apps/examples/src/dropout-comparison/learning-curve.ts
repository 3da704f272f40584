// SPDX-License-Identifier: Apache-2.0
import { type LanguageModelRun, perplexity, reportTo, train } from '@tapeloop/train';
import { type Terminal, terminalLine } from '@tapeloop/train/node';
import type { TrainingConfig } from '../shared/language-model/config.ts';
import { startRun } from '../shared/language-model/run.ts';
import type { TextData } from '../shared/language-model/text-data.ts';

/** What a model can do after some passes over its text. Losses are without dropout, in nats a token. */
export interface CurvePoint {
  /** Passes over the training text. */
  readonly pass: number;
  /** Loss on the whole training text. */
  readonly training: number;
  /** Loss on text that the model does not learn from. */
  readonly validation: number;
}

/** A point after each pass, first to last. */
export type LearningCurve = readonly CurvePoint[];

/** Who watches while a model learns. */
export interface Watch {
  readonly terminal: Terminal;
  /** Ends the training when it is aborted. */
  readonly signal: AbortSignal;
}

/** Trains a model from its first step to its last. @returns `undefined` when it was interrupted. */
export async function learningCurve(
  config: TrainingConfig,
  data: TextData,
  { terminal, signal }: Watch,
): Promise<LearningCurve | undefined> {
  const { run, learningRate } = startRun(config, data);
  const { steps } = config;
  const line = terminalLine(terminal, { steps, token: 'word', unit: 'perplexity' });
  const events = train(run, { steps, learningRate, signal });
  const curve: CurvePoint[] = [];
  try {
    for await (const { type, step } of reportTo([line], events)) {
      if (type !== 'step' || step % data.training.batchesPerPass !== 0) continue;
      const point = await measure(run, data);
      curve.push(point);
      terminal.line(describePoint(point));
    }
    return run.counters.step === steps ? curve : undefined;
  } finally {
    run.dispose();
  }
}

/** The first of the points with the lowest validation loss. */
export function bestPoint(curve: LearningCurve): CurvePoint {
  return curve.reduce((best, point) => (point.validation < best.validation ? point : best));
}

/** @throws RangeError when there is no point. */
export function lastPoint(curve: LearningCurve): CurvePoint {
  const last = curve.at(-1);
  if (last === undefined) throw new RangeError('lastPoint: curve must have a point, got none.');
  return last;
}

async function measure(run: LanguageModelRun['run'], data: TextData): Promise<CurvePoint> {
  return {
    pass: run.counters.step / data.training.batchesPerPass,
    training: await run.evaluate(data.training),
    validation: await run.evaluate(data.validation),
  };
}

function describePoint({ pass, training, validation }: CurvePoint): string {
  const figures = `training ${training.toFixed(3)}  validation ${validation.toFixed(3)} nats`;
  return `pass ${pass}  ${figures}, perplexity ${perplexity(validation).toFixed(1)}`;
}
