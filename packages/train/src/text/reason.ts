// SPDX-License-Identifier: Apache-2.0

/** What went wrong, as one line: errors of the system and of libraries may have several. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
