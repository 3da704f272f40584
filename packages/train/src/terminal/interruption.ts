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
  /** True from the first SIGINT or SIGTERM on. */
  readonly requested: boolean;
  /** True once nobody reads the standard output any more. */
  readonly outputClosed: boolean;
  /** Stops listening. */
  [Symbol.dispose](): void;
}

/**
 * Listens for Ctrl-C, for `kill`, and for a reader that went away (`… | head`). The first signal only
 * sets `requested`, so that the program can finish its step and save; one that comes a second later or
 * more ends it at once.
 */
export function listenForInterruption(): Interruption {
  let requestedAt = Number.NaN;
  let outputClosed = false;
  const onSignal = () => {
    if (Number.isNaN(requestedAt)) requestedAt = performance.now();
    else if (performance.now() - requestedAt > sameSignalMilliseconds) {
      process.exit(interruptedExitCode);
    }
  };
  const onOutputError = (error: NodeJS.ErrnoException) => {
    // Whatever else is written after that fails in other ways.
    if (error.code !== 'EPIPE' && !outputClosed) throw error;
    outputClosed = true;
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', onOutputError);
  return {
    get requested() {
      return !Number.isNaN(requestedAt);
    },
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
