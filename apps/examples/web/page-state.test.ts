// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  canChoose,
  forgetModel,
  initialState,
  lose,
  type PageState,
  receive,
  stepOf,
} from './page-state.ts';
import type { ModelDescription, WorkerMessage } from './protocol.ts';
import { defaultSettings } from './settings.ts';

const corpus = { name: 'wal.txt', text: 'Wal' };
const model: ModelDescription = {
  corpus,
  settings: { ...defaultSettings, units: 96 },
  parameters: 1234,
  vocabularySize: 4,
  history: { losses: [4, 3.5], validations: [{ step: 1, loss: 4.25 }] },
};
const save = { step: 2, bytes: Uint8Array.of(1, 2, 3) };

/** The page after some messages. */
function after(...messages: readonly WorkerMessage[]): PageState {
  return messages.reduce(receive, initialState());
}

describe('receive', () => {
  it('takes the text and the losses so far of a model that is ready', () => {
    const state = after({ type: 'ready', model }, { type: 'paused' });
    expect(state).toMatchObject({ phase: 'paused', corpus, status: 'Paused after step 2.' });
    expect(state.losses).toEqual([4, 3.5]);
    expect(state.validations).toEqual([{ step: 1, loss: 4.25 }]);
  });

  it('appends losses and validations, and leaves those of the model alone', () => {
    const state = after(
      { type: 'ready', model },
      { type: 'training' },
      { type: 'steps', losses: [3.25, 3], charactersPerSecond: 5000 },
      { type: 'validation', validation: { step: 4, loss: 3.75 } },
    );
    expect(state).toMatchObject({ phase: 'training', charactersPerSecond: 5000 });
    expect(state.losses).toEqual([4, 3.5, 3.25, 3]);
    expect(stepOf(state)).toBe(4);
    expect(state.validations.map(({ step }) => step)).toEqual([1, 4]);
    expect(model.history.losses).toHaveLength(2);
  });

  it('adds characters to the newest sample, and keeps the newest 24', () => {
    const begin = (step: number): WorkerMessage => {
      return { type: 'sample', step, temperature: 0.5, prompt: 'The ' };
    };
    const state = after(
      begin(1),
      { type: 'writing', characters: 'wh' },
      begin(2),
      { type: 'writing', characters: 'sh' },
      { type: 'writing', characters: 'ip' },
    );
    expect(state.samples).toEqual([
      { step: 2, temperature: 0.5, prompt: 'The ', characters: 'ship' },
      { step: 1, temperature: 0.5, prompt: 'The ', characters: 'wh' },
    ]);
    const many = after(...Array.from({ length: 30 }, (_, i) => begin(i)));
    expect(many.samples.map(({ step }) => step)).toEqual(
      Array.from({ length: 24 }, (_, i) => 29 - i),
    );
  });

  it('keeps the newest copy of the run, and says when one was asked for', () => {
    expect(after({ type: 'saved', save, isAsked: false })).toMatchObject({
      backup: save,
      status: '',
    });
    expect(after({ type: 'saved', save, isAsked: true }).status).toBe('Saved after step 2.');
  });

  it('forgets all of the model before when another is ready', () => {
    const state = after(
      { type: 'saved', save, isAsked: false },
      { type: 'sample', step: 1, temperature: 1, prompt: '' },
      { type: 'ready', model },
    );
    expect(state).toMatchObject({ backup: undefined, samples: [] });
  });

  it('goes back to where it was when a file is refused', () => {
    const refused: WorkerMessage = { type: 'refused', reason: 'x is no model.' };
    const starting = (state: PageState): PageState => ({ ...state, phase: 'starting' });
    expect(receive(starting(after()), refused)).toMatchObject({
      phase: 'setup',
      problem: 'x is no model.',
    });
    const training = after({ type: 'ready', model }, { type: 'training' });
    expect(receive(training, refused).phase).toBe('training');
    expect(receive(starting(lose(training, 'gone')), refused).phase).toBe('lost');
  });

  it('keeps text, losses and copy when the worker fails', () => {
    const state = after(
      { type: 'ready', model },
      { type: 'saved', save, isAsked: false },
      { type: 'failed', reason: 'There is too little memory.' },
    );
    expect(state).toMatchObject({
      phase: 'lost',
      corpus,
      backup: save,
      problem: 'There is too little memory.',
    });
    expect(stepOf(state)).toBe(2);
  });
});

it('canChoose until there is a model, or a copy of one to go on from', () => {
  const ready = after({ type: 'ready', model }, { type: 'training' });
  expect([after(), ready, lose(ready, 'gone')].map(canChoose)).toEqual([true, false, true]);
  const saved = receive(ready, { type: 'saved', save, isAsked: false });
  expect(canChoose(lose(saved, 'gone'))).toBe(false);
});

it('forgetModel keeps the text alone', () => {
  const state = forgetModel(after({ type: 'ready', model }, { type: 'training' }));
  expect(state).toEqual({ ...initialState(), corpus });
});
