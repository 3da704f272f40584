// SPDX-License-Identifier: Apache-2.0
import type { Corpus } from '@tapeloop/train';
import { download } from './download.ts';
import {
  canChoose,
  forgetModel,
  initialState,
  lose,
  type PageState,
  receive,
} from './page-state.ts';
import type { PageMessage, Save, WorkerMessage, WritingStyle } from './protocol.ts';
import type { ModelSettings } from './settings.ts';
import { Store } from './store.ts';
import { fetchSample, PageError, readBytes, readTextFile } from './text.ts';
import { TrainingWorker } from './training-worker.ts';

/** Where saved models come from and go to. */
const modelFile = /\.safetensors$/i;

/** What a person can do on the page. */
export class Controller {
  readonly store = new Store<PageState>(initialState());
  #worker: TrainingWorker | undefined;
  #style: WritingStyle = { temperature: 0.7, prompt: '' };

  /** The main button: starts, pauses, goes on, or begins again after a loss. */
  primary(settings: ModelSettings): void {
    const { phase, corpus, backup } = this.store.value;
    if (phase === 'training') this.#send({ type: 'pause' });
    else if (phase === 'paused') this.#send({ type: 'goOn' });
    else if (phase === 'lost' && backup !== undefined) this.#goOnFrom(backup);
    else if (corpus === undefined) this.#problem('Choose a text to learn from.');
    else if (phase !== 'starting') this.#begin({ type: 'start', corpus, settings });
  }

  /** Gives the model up; text and settings stay. */
  startOver(): void {
    this.#endWorker();
    this.store.update(forgetModel);
  }

  async useSample(): Promise<void> {
    await this.#orProblem(async () => {
      const { corpus: before } = this.store.value;
      const corpus = await fetchSample();
      // Another text may have been chosen meanwhile.
      if (this.store.value.corpus === before) this.#choose(corpus);
    });
  }

  /** Takes a file that was chosen or dropped: a saved model or a text. */
  async open(file: File): Promise<void> {
    await this.#orProblem(async () => {
      if (modelFile.test(file.name)) {
        this.#begin({ type: 'load', name: file.name, bytes: await readBytes(file) });
        return;
      }
      this.#choose(await readTextFile(file));
    });
  }

  save(): void {
    const { phase, backup, corpus } = this.store.value;
    if (phase === 'lost' && backup !== undefined) download(backup, corpus);
    else this.#send({ type: 'save' });
  }

  write(): void {
    this.#send({ type: 'write' });
  }

  setStyle(style: WritingStyle): void {
    this.#style = style;
    this.#send({ type: 'style', style });
  }

  #begin(message: PageMessage & { readonly type: 'start' | 'load' }): void {
    this.store.update((state) => ({
      ...state,
      phase: state.phase === 'setup' || state.phase === 'lost' ? 'starting' : state.phase,
      status: message.type === 'start' ? 'Preparing the text.' : 'Reading the file.',
      problem: undefined,
    }));
    this.#worker ??= this.#startWorker();
    this.#send(message);
  }

  #goOnFrom({ bytes }: Save): void {
    this.#begin({ type: 'load', name: 'the copy in memory', bytes });
    this.#send({ type: 'goOn' });
  }

  #startWorker(): TrainingWorker {
    const worker = new TrainingWorker({
      onMessage: (message) => this.#receive(message),
      onLost: (reason) => {
        this.#endWorker();
        this.store.update((state) => lose(state, reason));
      },
    });
    worker.send({ type: 'style', style: this.#style });
    return worker;
  }

  #receive(message: WorkerMessage): void {
    this.store.update((state) => receive(state, message));
    const { corpus } = this.store.value;
    if (message.type === 'saved' && message.isAsked) download(message.save, corpus);
    if (message.type === 'failed') this.#endWorker();
  }

  #endWorker(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #send(message: PageMessage): void {
    this.#worker?.send(message);
  }

  /** Sets the text to learn from, where no model would be lost by it. */
  #choose(corpus: Corpus): void {
    if (!canChoose(this.store.value)) {
      throw new PageError('Start over before you choose another text: this model has its own.');
    }
    this.store.update((state) => ({ ...state, corpus, problem: undefined }));
  }

  #problem(problem: string): void {
    this.store.update((state) => ({ ...state, problem }));
  }

  async #orProblem(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      this.#problem(error.message);
    }
  }
}
