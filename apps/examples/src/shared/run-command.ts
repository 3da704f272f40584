// SPDX-License-Identifier: Apache-2.0
import { UserError } from './user-error.ts';

/** Exit code for mistakes in options, data or files. */
const userErrorExitCode = 2;

/**
 * Runs a command with the program's arguments and sets the exit code it returns. A mistake of the
 * user's becomes one line on the standard error and exit code 2; a bug keeps its stack trace.
 */
export async function runCommand(
  command: (args: readonly string[]) => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = userErrorExitCode;
  }
}
