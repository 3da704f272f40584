// SPDX-License-Identifier: Apache-2.0
import type { StepResult } from './training-run.ts';

/** What a training loop tells as it goes, for those who print, plot or save it. */
export type TrainingEvent = StepEvent | ValidationEvent | SavedEvent | EndEvent;

/** A step was made. */
export interface StepEvent extends StepResult {
  readonly type: 'step';
  /** Number of the step, from 1. */
  readonly step: number;
  /** The learning rate that the step was made with. */
  readonly learningRate: number;
  /** Tokens a second over the last 20 steps or so, validations and saving left out. */
  readonly tokensPerSecond: number;
  /** Seconds since the loop began, from 0 again after a resume. */
  readonly seconds: number;
  /** Size of the WebAssembly heap in bytes. */
  readonly heapBytes: number;
}

/** The model was tried on data that it is not trained on. */
export interface ValidationEvent {
  readonly type: 'validation';
  /** Steps made before it. */
  readonly step: number;
  /** Mean loss over all of the validation data. */
  readonly loss: number;
  /** True when no validation before had a lower loss. */
  readonly isBest: boolean;
}

/** The run was saved. */
export interface SavedEvent {
  readonly type: 'saved';
  /** Steps made before it. */
  readonly step: number;
  /** The file. */
  readonly path: string;
}

/** Why a loop ended. */
export type EndReason =
  /** It made the steps that it was asked for. */
  | 'steps'
  /** The validation loss did not fall for as many validations as `patience` says. */
  | 'patience'
  /** Its time was up. */
  | 'time'
  /** Somebody asked it to stop. */
  | 'stopped';

/** The loop is over; nothing comes after it. */
export interface EndEvent {
  readonly type: 'end';
  /** Steps made in all. */
  readonly step: number;
  readonly reason: EndReason;
}

/**
 * How many equally likely tokens the model might as well choose from: e^loss.
 *
 * @param nats mean cross-entropy in nats a token.
 */
export function perplexity(nats: number): number {
  return Math.exp(nats);
}

/**
 * Nats as bits. A loss of 1 bit a character would let a text of one byte a character be packed to an
 * eighth.
 */
export function bits(nats: number): number {
  return nats / Math.LN2;
}
