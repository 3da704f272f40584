// SPDX-License-Identifier: Apache-2.0

/** Exit code of a program that Ctrl-C ended, as shells give it: 128 + SIGINT. */
export const interruptedExitCode = 130;

/**
 * Signals that come together are one: at Ctrl-C the terminal signals every process of the command,
 * and package managers pass theirs on.
 */
const sameSignalMilliseconds = 1000;

/** Whether somebody asked the program to stop at the next good moment. */
export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM, or when nobody reads the standard output any more. */
  readonly signal: AbortSignal;
  /** True once nobody reads the standard output any more. */
  readonly outputClosed: boolean;
  /** Stops listening. */
  [Symbol.dispose](): void;
}

/**
 * Listens for Ctrl-C, for `kill`, and for a reader that went away (`… | head`). The first of them only
 * aborts `signal`, so that the program can finish its step and save; Ctrl-C or `kill` a second later or
 * more ends it at once.
 */
export function listenForInterruption(): Interruption {
  let requestedAt = Number.POSITIVE_INFINITY;
  let outputClosed = false;
  const controller = new AbortController();
  const onSignal = () => {
    const now = performance.now();
    if (now - requestedAt > sameSignalMilliseconds) process.exit(interruptedExitCode);
    requestedAt = Math.min(requestedAt, now);
    controller.abort();
  };
  const onOutputError = (error: NodeJS.ErrnoException) => {
    // Whatever else is written after that fails in other ways.
    if (error.code !== 'EPIPE' && !outputClosed) throw error;
    outputClosed = true;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', onOutputError);
  return {
    signal: controller.signal,
    get outputClosed() {
      return outputClosed;
    },
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      process.stdout.off('error', onOutputError);
    },
  };
}
