// SPDX-License-Identifier: Apache-2.0
import { setSeed } from '@tapeloop/core';
import { adam, chain, clipByGlobalNorm, inverseSquareRoot, Optimizer } from '@tapeloop/optim';
import {
  type CellKind,
  type Corpus,
  LanguageModel,
  languageModelLoss,
  type StepResult,
  type TextState,
  type TextWindow,
  TrainingRun,
} from '@tapeloop/train';
import { parameterCount } from '../../src/shared/parameter-count.ts';
import type { LossHistory, ModelDescription, Validation } from '../protocol.ts';
import type { ModelSettings } from '../settings.ts';
import { prepareText, type TextData } from './text-data.ts';

/** For first weights and dropout: the same text and settings give the same model. */
const seed = 1;

/** Size of the vector of a character. */
const embedding = 64;

/** The highest learning rate of 128 units. Cells without gates forget what they learn at that pace. */
const peaks: Readonly<Record<CellKind, number>> = { lstm: 0.012, gru: 0.012, rnn: 0.004 };

/** Steps until the highest learning rate is reached; it falls as 1/√step from there, without an end. */
const warmupSteps = 50;

/** A model of a text on its way, with all that was seen of it. */
export class Trainer {
  readonly corpus: Corpus;
  readonly settings: ModelSettings;
  readonly data: TextData;
  readonly model: LanguageModel;
  readonly run: TrainingRun<TextWindow, TextState>;
  readonly #losses: number[];
  readonly #validations: Validation[];

  /** @param history of the run that goes on here; default: a new one begins. */
  constructor(corpus: Corpus, settings: ModelSettings, history?: LossHistory) {
    this.corpus = corpus;
    this.settings = settings;
    this.data = prepareText(corpus, settings);
    this.#losses = [...(history?.losses ?? [])];
    this.#validations = [...(history?.validations ?? [])];
    const { tokenizer, training } = this.data;
    setSeed(seed);
    const model = makeModel(tokenizer.size, settings);
    model.build([training.window, training.batch], 'int32');
    this.model = model;
    this.run = new TrainingRun({
      model,
      optimizer: makeOptimizer(model, settings),
      data: training,
      loss: languageModelLoss(model),
      emptyCarried: () => model.rnn.cell.zeroState(training.batch),
    });
  }

  /** Steps made. */
  get step(): number {
    return this.run.counters.step;
  }

  /** The losses so far. */
  get history(): LossHistory {
    return { losses: this.#losses, validations: this.#validations };
  }

  describe(): ModelDescription {
    const { corpus, settings, data, model, history } = this;
    return {
      corpus,
      settings,
      parameters: parameterCount(model),
      vocabularySize: data.tokenizer.size,
      history,
    };
  }

  async trainStep(): Promise<StepResult> {
    const result = await this.run.trainStep();
    this.#losses.push(result.loss);
    return result;
  }

  /** The loss on the text that was kept from training. */
  async validate(): Promise<Validation> {
    const validation = { step: this.step, loss: await this.run.evaluate(this.data.validation) };
    this.#validations.push(validation);
    return validation;
  }

  dispose(): void {
    this.run.dispose();
  }
}

function makeModel(vocabularySize: number, settings: ModelSettings): LanguageModel {
  const { cell, units, layers, variational } = settings;
  return new LanguageModel(vocabularySize, {
    cell,
    embedding,
    hidden: units,
    layers,
    tied: false,
    inputKeep: 1 - settings.inputDropout,
    stateKeep: 1 - settings.stateDropout,
    outputKeep: 1 - settings.outputDropout,
    variational,
  });
}

/** Adam, slower for wide layers, whose scores add up more terms. */
function makeOptimizer(model: LanguageModel, { cell, units }: ModelSettings): Optimizer {
  const peak = peaks[cell] * Math.min(1, 128 / units);
  const learningRate = inverseSquareRoot({ peak, warmupSteps });
  return new Optimizer(model.parameters(), chain(clipByGlobalNorm(1), adam({ learningRate })));
}
