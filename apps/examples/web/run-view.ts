// SPDX-License-Identifier: Apache-2.0
import { element, setText } from './elements.ts';
import { bits, LossChart } from './loss-chart.ts';
import { canChoose, type PageState, type Phase, stepOf } from './page-state.ts';
import { SamplesView } from './samples-view.ts';
import { cellNames } from './settings.ts';
import { count, sampleName } from './text.ts';

/** What the main button says, which starts, pauses and goes on. */
const primaryLabels: Readonly<Record<Phase, string>> = {
  setup: 'Start',
  starting: 'Starting…',
  training: 'Pause',
  paused: 'Go on',
  lost: 'Start again',
};

/** Shows the page's state: everything but what a person types and moves. */
export class RunView {
  readonly #choices = element('choices', HTMLFieldSetElement);
  readonly #textName = element('text-name', HTMLParagraphElement);
  readonly #textLength = element('text-length', HTMLParagraphElement);
  readonly #useSample = element('use-sample', HTMLButtonElement);
  readonly #primary = element('primary', HTMLButtonElement);
  readonly #startOver = element('start-over', HTMLButtonElement);
  readonly #save = element('save', HTMLButtonElement);
  readonly #write = element('write', HTMLButtonElement);
  readonly #problem = element('problem', HTMLParagraphElement);
  readonly #status = element('status', HTMLParagraphElement);
  readonly #step = element('step', HTMLElement);
  readonly #trainingLoss = element('training-loss', HTMLElement);
  readonly #validationLoss = element('validation-loss', HTMLElement);
  readonly #speed = element('speed', HTMLElement);
  readonly #chartBox = element('chart', HTMLDivElement);
  readonly #modelSize = element('model-size', HTMLParagraphElement);
  readonly #chart = new LossChart(this.#chartBox);
  readonly #samples = new SamplesView();

  show(state: PageState): void {
    this.#showText(state);
    this.#showButtons(state);
    this.#showFigures(state);
    this.#chart.show(state);
    this.#samples.show(state.samples);
    setText(this.#problem, state.problem ?? '');
    setText(this.#status, state.status);
  }

  #showText({ corpus, problem }: PageState): void {
    const missing = problem === undefined ? 'Fetching the sample text…' : 'No text yet';
    setText(this.#textName, corpus?.name ?? missing);
    setText(this.#textLength, corpus === undefined ? '' : count(corpus.text.length, 'character'));
    this.#useSample.hidden = corpus === undefined || corpus.name === sampleName;
  }

  #showButtons(state: PageState): void {
    const { phase, backup } = state;
    const hasModel = phase === 'training' || phase === 'paused';
    const goesOn = phase === 'lost' && backup !== undefined;
    const label = goesOn ? `Go on from step ${count(backup.step)}` : primaryLabels[phase];
    setText(this.#primary, label);
    this.#choices.disabled = !canChoose(state);
    this.#startOver.hidden = phase === 'setup' || phase === 'starting';
    this.#save.disabled = !hasModel && backup === undefined;
    this.#write.disabled = !hasModel;
  }

  #showFigures(state: PageState): void {
    const { losses, validations, charactersPerSecond, phase, model } = state;
    const training = showLoss(losses.at(-1));
    const validation = showLoss(validations.at(-1)?.loss);
    setText(this.#step, losses.length === 0 ? '–' : count(stepOf(state)));
    setText(this.#trainingLoss, training);
    setText(this.#validationLoss, validation);
    setText(this.#speed, phase === 'training' ? count(charactersPerSecond) : '–');
    setText(this.#modelSize, model === undefined ? '' : describeModel(model));
    this.#chartBox.ariaLabel =
      `Chart of the losses after ${count(stepOf(state), 'step')}: ` +
      `training ${training}, validation ${validation} bits a character`;
  }
}

function showLoss(nats: number | undefined): string {
  return nats === undefined ? '–' : bits(nats).toFixed(2);
}

function describeModel({
  settings,
  parameters,
  vocabularySize,
}: NonNullable<PageState['model']>): string {
  const { cell, units, layers } = settings;
  return (
    `${count(layers, `${cellNames[cell]} layer`)} of ${units} units, ` +
    `${count(parameters)} parameters, ${count(vocabularySize)} characters`
  );
}
