// SPDX-License-Identifier: Apache-2.0

/** A mistake that the person at the terminal can put right: printed as one line, exit code 2. */
export class UserError extends Error {
  override name = 'UserError';
}
