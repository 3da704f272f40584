// SPDX-License-Identifier: Apache-2.0
import { TapeloopError } from '@tapeloop/core';
import type { ErrorText } from './worker-protocol.ts';

/** A worker threw, or ended without a result, and its group with it. */
export class WorkerError extends TapeloopError {
  override name = 'WorkerError';
  readonly rank: number;
  /** What the worker threw: its name, message and stack. */
  override readonly cause: Error;

  constructor(rank: number, { name, message, stack }: ErrorText) {
    super(`rank ${rank}: ${name}: ${message}`);
    this.rank = rank;
    this.cause = Object.assign(new Error(message), { name, stack });
  }
}
