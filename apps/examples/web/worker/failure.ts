// SPDX-License-Identifier: Apache-2.0
import { OutOfMemoryError } from '@tapeloop/core';
import { NonFiniteError } from '@tapeloop/train';

/** Why the worker cannot go on, in words for the person at the page. */
export function describeFailure(error: unknown): string {
  if (error instanceof OutOfMemoryError) {
    return 'There is too little memory for this model. Choose fewer units or layers, and start again.';
  }
  if (error instanceof NonFiniteError) {
    return 'Training came to a number that is not finite. Choose fewer units or less dropout, and start again.';
  }
  return `Training cannot go on: ${reasonOf(error)}`;
}

/** What went wrong, as one line that ends with a full stop. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n', 1)[0] ?? message).replace(/\.?$/, '.');
}
