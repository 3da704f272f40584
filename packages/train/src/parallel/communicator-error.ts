// SPDX-License-Identifier: Apache-2.0
import { TapeloopError } from '@tapeloop/core';

/** A call that all ranks make together cannot be finished: one died, left, or called something else. */
export class CommunicatorError extends TapeloopError {
  override name = 'CommunicatorError';
  /** The rank at whose door it lies, as far as one is known. */
  readonly rank: number | undefined;

  constructor(message: string, rank?: number) {
    super(message);
    this.rank = rank;
  }
}
