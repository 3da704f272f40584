// SPDX-License-Identifier: Apache-2.0
import type { Corpus } from '@tapeloop/train';
import type { ModelDescription, Save, Validation, WorkerMessage } from './protocol.ts';
import { sampleName } from './text.ts';

/** What can be done now, and what the page looks like. */
export type Phase =
  /** There is no model: text and settings can be chosen. */
  | 'setup'
  /** The worker makes or reads a model. */
  | 'starting'
  | 'training'
  | 'paused'
  /** The worker is gone; with a `backup` training can go on. */
  | 'lost';

/** A text that the model wrote. */
export interface Sample {
  /** Steps made before it. */
  readonly step: number;
  readonly temperature: number;
  readonly prompt: string;
  readonly characters: string;
}

/** All that the page shows. */
export interface PageState {
  readonly phase: Phase;
  /** Undefined until the sample text has come. */
  readonly corpus: Corpus | undefined;
  readonly model: ModelDescription | undefined;
  /** Losses of the model's steps so far, in nats a character; grows in place. */
  readonly losses: number[];
  readonly validations: readonly Validation[];
  readonly charactersPerSecond: number;
  /** Newest first. */
  readonly samples: readonly Sample[];
  /** The newest copy of the run. */
  readonly backup: Save | undefined;
  /** What happened last. */
  readonly status: string;
  /** What went wrong, and what to do. */
  readonly problem: string | undefined;
}

/** The page when it opens. */
export function initialState(): PageState {
  return {
    ...withoutModel,
    losses: [],
    corpus: undefined,
    phase: 'setup',
    status: '',
    problem: undefined,
  };
}

/** More samples would make the page long. */
const mostSamples = 24;

const withoutModel = {
  model: undefined,
  validations: [],
  charactersPerSecond: 0,
  samples: [],
  backup: undefined,
} as const;

/** The page without a model, its text kept. */
export function forgetModel(state: PageState): PageState {
  return { ...state, ...withoutModel, losses: [], phase: 'setup', status: '', problem: undefined };
}

/** The page after a message of the worker. */
export function receive(state: PageState, message: WorkerMessage): PageState {
  switch (message.type) {
    case 'ready': {
      const { model } = message;
      const { losses, validations } = model.history;
      return {
        ...state,
        ...withoutModel,
        model,
        corpus: model.corpus,
        losses: [...losses],
        validations,
        problem: undefined,
      };
    }
    case 'training':
      return { ...state, phase: 'training', status: 'Training.' };
    case 'paused':
      return { ...state, phase: 'paused', status: `Paused after step ${stepOf(state)}.` };
    case 'steps':
      state.losses.push(...message.losses);
      return { ...state, charactersPerSecond: message.charactersPerSecond };
    case 'validation':
      return { ...state, validations: [...state.validations, message.validation] };
    case 'sample': {
      const { step, temperature, prompt } = message;
      const sample = { step, temperature, prompt, characters: '' };
      return { ...state, samples: [sample, ...state.samples].slice(0, mostSamples) };
    }
    case 'writing': {
      const [newest, ...older] = state.samples;
      if (newest === undefined) return state;
      const characters = newest.characters + message.characters;
      return { ...state, samples: [{ ...newest, characters }, ...older] };
    }
    case 'saved':
      return message.isAsked
        ? { ...state, backup: message.save, status: `Saved after step ${message.save.step}.` }
        : { ...state, backup: message.save };
    case 'refused':
      return { ...state, phase: phaseBefore(state), problem: message.reason, status: '' };
    case 'failed':
      return lose(state, message.reason);
    case 'pong':
      return state;
    default:
      return message satisfies never;
  }
}

/** The page after its worker was lost. */
export function lose(state: PageState, reason: string): PageState {
  return { ...state, phase: 'lost', status: '', problem: reason };
}

/** Where a file that was refused leaves the page. */
function phaseBefore({ phase, model }: PageState): Phase {
  if (phase !== 'starting') return phase;
  return model === undefined ? 'setup' : 'lost';
}

/** Whether text and settings can be chosen: there is no model that they would not fit. */
export function canChoose({ phase, backup }: PageState): boolean {
  return phase === 'setup' || (phase === 'lost' && backup === undefined);
}

/** Steps that the page knows of. */
export function stepOf({ losses }: PageState): number {
  return losses.length;
}

/** What a sample begins with when the person has not said: words that the text has. */
export function defaultPrompt(corpus: Corpus | undefined): string {
  return corpus?.name === sampleName ? 'The whale ' : '';
}
