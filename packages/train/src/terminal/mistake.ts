// SPDX-License-Identifier: Apache-2.0
import { SafetensorsError } from '@tapeloop/core';
import { CheckpointError } from '../checkpoint/checkpoint.ts';
import { NonFiniteError } from '../loop/non-finite.ts';
import { WorkerError } from '../parallel/worker-error.ts';
import { CorpusError } from '../text/corpus.ts';
import { TokenizerError } from '../tokenizers/json-fields.ts';
import { UserError } from './user-error.ts';

/** Exit code for mistakes in options, data or files. */
export const mistakeExitCode = 2;

const mistakes = [
  UserError,
  CorpusError,
  TokenizerError,
  SafetensorsError,
  CheckpointError,
  NonFiniteError,
];

/** True for what a user can put right: the message says how, and a stack trace would hide it. */
export function isMistake(error: unknown): error is Error {
  // Of what a worker threw, only the name and the texts have come here.
  if (error instanceof WorkerError) return mistakes.some(({ name }) => name === error.cause.name);
  return mistakes.some((kind) => error instanceof kind);
}
