// SPDX-License-Identifier: Apache-2.0
import { CommunicatorError } from './communicator-error.ts';

/**
 * Runs calls one after the other, in the order in which they were made. The first failure is final:
 * what the other ranks heard of the call is unknown, so every later call fails with the same error.
 */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** Runs `call` after the calls before it; not before the caller's synchronous code has ended. */
  run<T>(op: string, call: () => T | Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      return Promise.reject(new CommunicatorError(`${op}: the communicator has been closed.`));
    }
    const result = this.#last.then(call);
    this.#last = result;
    // Whoever made the call hears of its failure; the chain itself must not count as unheard.
    result.catch(() => undefined);
    return result;
  }

  /** Runs `leave` once, after all calls, whether they failed or not; no call is taken from now on. */
  close(leave: () => void | Promise<void>): Promise<void> {
    this.#closing ??= this.#last.then(
      () => leave(),
      () => leave(),
    );
    return this.#closing;
  }
}
