// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from 'node:child_process';

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  /** Added to the environment of the test, without what package managers put there. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and gives what it printed. @throws Error with its output when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, environment = {} }: RunOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: cleanEnvironment(environment), maxBuffer: 2 ** 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

/** Starts a program that stays. */
export function start(
  command: string,
  args: readonly string[],
  { cwd, environment = {} }: RunOptions,
) {
  const env = cleanEnvironment(environment);
  return spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * The test's environment without the settings that npm and pnpm hand to their scripts: they would
 * say which registry to use and how to colour, for the repository instead of the consumer.
 */
function cleanEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm|pnpm)_(?!execpath)/i.test(name) && !/^(VITEST|NODE_ENV|NODE_OPTIONS)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...more };
}
