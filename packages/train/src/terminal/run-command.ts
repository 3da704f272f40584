// SPDX-License-Identifier: Apache-2.0
import { isMistake, mistakeExitCode } from './mistake.ts';

/**
 * Runs a command with the program's arguments and sets the exit code it returns. A mistake of the
 * user's becomes one line on the standard error and exit code 2; a bug keeps its stack trace.
 */
export async function runCommand(
  command: (args: readonly string[]) => Promise<number>,
): Promise<void> {
  process.stdout.on('error', ignoreClosedOutput);
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    if (!isMistake(error)) throw error;
    console.error(error.message);
    process.exitCode = mistakeExitCode;
  }
}

/** Nobody reads any more (`… | head`), which is not this program's mistake. */
function ignoreClosedOutput(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
