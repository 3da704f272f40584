// SPDX-License-Identifier: Apache-2.0
import { OutOfMemoryError, RandomStream } from '@tapeloop/core';
import { Speedometer } from '@tapeloop/train';
import { writeText } from '../../src/shared/language-model/write-text.ts';
import type { PageMessage, WorkerMessage, WritingStyle } from '../protocol.ts';
import { reasonOf } from './failure.ts';
import { isSampleStep, isSaveStep, isValidationStep } from './milestones.ts';
import { loadTrainer, saveTrainer } from './save.ts';
import { Trainer } from './trainer.ts';

/** Characters of a sample after its prompt. */
const sampleLength = 280;

/** Milliseconds of writing between two looks at the messages. */
const writingSlice = 10;

/** Milliseconds between two reports of steps: more often than a screen shows would only cost time. */
const reportInterval = 50;

/**
 * What the worker does: answers the page's messages, and in between trains and writes in slices, so
 * that no message waits longer than a training step or a few characters. While a sample is written
 * training rests: all of it comes from one model.
 */
export class Session {
  readonly #post: (message: WorkerMessage) => void;
  readonly #chance = new RandomStream(1).fork('sample');
  #style: WritingStyle = { temperature: 0.7, prompt: '' };
  #trainer: Trainer | undefined;
  /** The characters to come of the sample that is being written. */
  #sample: Generator<string, undefined> | undefined;
  #isTraining = false;
  #unreported: number[] = [];
  #reportedAt = 0;
  #speed = new Speedometer();
  #charactersPerSecond = 0;

  constructor(post: (message: WorkerMessage) => void) {
    this.#post = post;
  }

  /** Whether `work` has something to do. */
  get isBusy(): boolean {
    return this.#isTraining || this.#sample !== undefined;
  }

  /** Does what the page asks for. */
  handle(message: PageMessage): void {
    switch (message.type) {
      case 'start':
        this.#release();
        this.#adopt(new Trainer(message.corpus, message.settings));
        this.#setTraining(true);
        return;
      case 'load':
        this.#load(message.name, message.bytes);
        return;
      case 'pause':
        this.#setTraining(false);
        return;
      case 'goOn':
        this.#setTraining(true);
        return;
      case 'write':
        this.#beginSample();
        return;
      case 'style':
        this.#style = message.style;
        return;
      case 'save':
        this.#save({ isAsked: true });
        return;
      case 'ping':
        this.#post({ type: 'pong' });
        return;
      default:
        message satisfies never;
    }
  }

  /** Writes a few characters, or trains one step. */
  async work(): Promise<void> {
    if (this.#sample !== undefined) this.#write(this.#sample);
    else if (this.#isTraining) await this.#trainStep();
  }

  /** Frees everything. */
  dispose(): void {
    this.#release();
  }

  async #trainStep(): Promise<void> {
    const trainer = this.#trainer;
    if (trainer === undefined) return;
    const start = performance.now();
    const { loss, tokens } = await trainer.trainStep();
    this.#charactersPerSecond = this.#speed.add(tokens, (performance.now() - start) / 1000);
    this.#unreported.push(loss);
    if (performance.now() - this.#reportedAt > reportInterval) this.#report();
    if (isValidationStep(trainer.step)) {
      this.#report();
      this.#post({ type: 'validation', validation: await trainer.validate() });
    }
    if (isSampleStep(trainer.step)) this.#beginSample();
    if (isSaveStep(trainer.step)) this.#save({ isAsked: false });
  }

  /** Tells the losses that the page does not know yet. */
  #report(): void {
    if (this.#unreported.length === 0) return;
    const losses = this.#unreported;
    this.#unreported = [];
    this.#reportedAt = performance.now();
    this.#post({ type: 'steps', losses, charactersPerSecond: this.#charactersPerSecond });
  }

  #setTraining(isTraining: boolean): void {
    if (this.#trainer === undefined) return;
    this.#report();
    this.#isTraining = isTraining;
    this.#post({ type: isTraining ? 'training' : 'paused' });
  }

  #load(name: string, bytes: Uint8Array): void {
    let trainer: Trainer;
    try {
      trainer = loadTrainer(name, bytes);
    } catch (error) {
      if (error instanceof OutOfMemoryError) throw error;
      this.#post({
        type: 'refused',
        reason: `${name} is no model of this page: ${reasonOf(error)}`,
      });
      return;
    }
    this.#release();
    this.#adopt(trainer);
    this.#setTraining(false);
    this.#save({ isAsked: false });
  }

  #adopt(trainer: Trainer): void {
    this.#trainer = trainer;
    this.#post({ type: 'ready', model: trainer.describe() });
  }

  #release(): void {
    this.#isTraining = false;
    this.#speed = new Speedometer();
    this.#unreported = [];
    this.#endSample();
    this.#trainer?.dispose();
    this.#trainer = undefined;
  }

  #save({ isAsked }: { readonly isAsked: boolean }): void {
    if (this.#trainer === undefined) return;
    this.#report();
    this.#post({ type: 'saved', save: saveTrainer(this.#trainer), isAsked });
  }

  #beginSample(): void {
    if (this.#trainer === undefined) return;
    this.#endSample();
    const { model, data, step } = this.#trainer;
    const { temperature, prompt } = this.#style;
    this.#sample = writeText(model, data.tokenizer, {
      prompt: prompt || '\n',
      length: sampleLength,
      temperature,
      stream: this.#chance,
    });
    this.#post({ type: 'sample', step, temperature, prompt });
  }

  #write(sample: Generator<string, undefined>): void {
    const start = performance.now();
    let characters = '';
    let isOver = false;
    while (!isOver && performance.now() - start < writingSlice) {
      const { value = '', done = false } = sample.next();
      characters += value;
      isOver = done;
    }
    this.#post({ type: 'writing', characters });
    if (isOver) this.#endSample();
  }

  #endSample(): void {
    // Frees the state that it holds.
    this.#sample?.return(undefined);
    this.#sample = undefined;
  }
}
