// SPDX-License-Identifier: Apache-2.0
import type { Interruption } from '../shared/interruption.ts';
import type { TrainingConfig } from '../shared/language-model/config.ts';
import { disposeRun, type Run, startRun } from '../shared/language-model/run.ts';
import type { TextData } from '../shared/language-model/text-data.ts';
import { evaluate, train } from '../shared/language-model/train.ts';
import type { Terminal } from '../shared/terminal.ts';
import { watchTraining } from '../shared/watch-training.ts';

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
  readonly interruption: Interruption;
}

/** Trains a model from its first step to its last. @returns `undefined` when it was interrupted. */
export async function learningCurve(
  config: TrainingConfig,
  data: TextData,
  { terminal, interruption }: Watch,
): Promise<LearningCurve | undefined> {
  const curve: CurvePoint[] = [];
  const run = startRun(config, data);
  try {
    const isFinished = await watchTraining(train(run), {
      terminal,
      interruption,
      steps: config.steps,
      validateEvery: data.training.windowsPerPass,
      validate: () => {
        const point = measure(run);
        curve.push(point);
        terminal.line(describePoint(point));
      },
    });
    return isFinished ? curve : undefined;
  } finally {
    disposeRun(run);
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

function measure({ model, data, step }: Run): CurvePoint {
  return {
    pass: step / data.training.windowsPerPass,
    training: evaluate(model, data.training),
    validation: evaluate(model, data.validation),
  };
}

function describePoint({ pass, training, validation }: CurvePoint): string {
  const figures = `training ${training.toFixed(3)}  validation ${validation.toFixed(3)} nats`;
  return `pass ${pass}  ${figures}, perplexity ${Math.exp(validation).toFixed(1)}`;
}
