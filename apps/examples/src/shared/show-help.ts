// SPDX-License-Identifier: Apache-2.0
import { describeOptions, type OptionTable } from '@tapeloop/train/node';

/** Prints what a command is for and its options. @returns the exit code. */
export function showHelp(purpose: string, options: OptionTable): 0 {
  console.log(`${purpose}\n\nOptions (with their defaults):\n${describeOptions(options)}`);
  return 0;
}
