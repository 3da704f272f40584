// SPDX-License-Identifier: Apache-2.0
import { AnomalyError, detectAnomaly, TapeloopError, tidy } from '@tapeloop/core';

/** A training step met a NaN or an infinity. */
export class NonFiniteError extends TapeloopError {
  override name = 'NonFiniteError';
}

/**
 * Finds out where a NaN or an infinity came from.
 *
 * @param step number of the step that failed.
 * @param again computes the loss and its gradients once more, with the same random numbers.
 * @param error what the step failed with; returned when all is finite the second time.
 */
export function explainNonFinite(step: number, error: unknown, again: () => unknown): unknown {
  try {
    tidy(() => {
      detectAnomaly(again);
    });
  } catch (anomaly) {
    if (!(anomaly instanceof AnomalyError)) return error;
    return new NonFiniteError(
      `step ${step}: training met a number that is not finite: ${anomaly.message} The parameters ` +
        'are as before the step. Lower the learning rate, clip gradients, or look at the data.',
      { cause: error },
    );
  }
  return error;
}
