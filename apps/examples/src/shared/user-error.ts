// SPDX-License-Identifier: Apache-2.0

/** A mistake that the person at the terminal can put right: printed as one line, exit code 2. */
export class UserError extends Error {
  override name = 'UserError';
}

/** What went wrong, as one line: errors of the system and of libraries may have several. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
