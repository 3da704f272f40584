// SPDX-License-Identifier: Apache-2.0
import { describeOptions, type OptionTable } from '../terminal/options.ts';

/** Prints what a command does and its options. Returns the exit code. */
export function showHelp(usage: string, purpose: string, options: OptionTable): number {
  console.log(`Usage: tapeloop ${usage} [options]\n\n${purpose}\n\nOptions (with their defaults):`);
  console.log(describeOptions(options));
  return 0;
}
