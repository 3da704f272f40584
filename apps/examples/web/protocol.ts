// SPDX-License-Identifier: Apache-2.0
// What the page and its worker say to each other. All of it is plain data that a message can carry.

import type { Corpus } from '@tapeloop/train';
import type { ModelSettings } from './settings.ts';

/** How samples are written; may change at any time. */
export interface WritingStyle {
  /** Below 1 the likely becomes likelier, above 1 everything more alike; 0 takes the likeliest. */
  readonly temperature: number;
  /** What a sample begins with. */
  readonly prompt: string;
}

/** A loss on text that is not trained on. */
export interface Validation {
  /** Steps made before it. */
  readonly step: number;
  /** In nats a character. */
  readonly loss: number;
}

/** The losses so far: all that the chart shows. */
export interface LossHistory {
  /** Of each training step from the first on, in nats a character. */
  readonly losses: readonly number[];
  readonly validations: readonly Validation[];
}

/** The model that the worker has. */
export interface ModelDescription {
  readonly corpus: Corpus;
  readonly settings: ModelSettings;
  /** Numbers that are learnt. */
  readonly parameters: number;
  /** Sorts of characters that it tells apart. */
  readonly vocabularySize: number;
  readonly history: LossHistory;
}

/** From the page to the worker. */
export type PageMessage =
  /** Forget the model, if there is one, and train a new one. */
  | { readonly type: 'start'; readonly corpus: Corpus; readonly settings: ModelSettings }
  /** Take the model of a file; when that fails, the one before stays. */
  | { readonly type: 'load'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'pause' }
  | { readonly type: 'goOn' }
  /** Write a sample now. */
  | { readonly type: 'write' }
  | { readonly type: 'style'; readonly style: WritingStyle }
  | { readonly type: 'save' }
  /** Answer, to show that you are alive. */
  | { readonly type: 'ping' };

/** From the worker to the page. */
export type WorkerMessage =
  /** There is a model; it is not training yet. */
  | { readonly type: 'ready'; readonly model: ModelDescription }
  | { readonly type: 'training' }
  | { readonly type: 'paused' }
  /** Steps were made: their losses, one each. */
  | {
      readonly type: 'steps';
      readonly losses: readonly number[];
      readonly charactersPerSecond: number;
    }
  | { readonly type: 'validation'; readonly validation: Validation }
  /** A sample is begun. */
  | {
      readonly type: 'sample';
      readonly step: number;
      readonly temperature: number;
      readonly prompt: string;
    }
  /** More characters of the sample that was begun last. */
  | { readonly type: 'writing'; readonly characters: string }
  | { readonly type: 'saved'; readonly save: Save; readonly isAsked: boolean }
  /** A file could not be loaded; all else is as before. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The worker cannot go on. */
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'pong' };

/** A run as a file holds it. */
export interface Save {
  /** Steps made. */
  readonly step: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
