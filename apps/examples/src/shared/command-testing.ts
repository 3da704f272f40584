// SPDX-License-Identifier: Apache-2.0
// Runs the command of an example as a person at the terminal does.
import { spawn, spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/** How a command ended. */
export interface CommandEnd {
  /** Exit code; `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script to its end. */
export function runScript(path: string, args: readonly string[], cwd: string): CommandEnd {
  const options = { cwd, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], options);
  return { code: status, stdout, stderr };
}

/** Runs a script, presses Ctrl-C once `when` is on its standard output, and waits for its end. */
export function interruptScript(
  path: string,
  args: readonly string[],
  cwd: string,
  when: RegExp,
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path, ...args], { cwd });
    let [stdout, stderr] = ['', ''];
    let isPressed = false;
    child.stdout.on('data', (text) => {
      stdout += text;
      if (when.test(stdout) && !isPressed) isPressed = child.kill('SIGINT');
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A mistake of the user's gets one line that has `named` in it, exit code 2, and nothing else. */
export function expectMistake({ code, stdout, stderr }: CommandEnd, named: string): void {
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(named);
  expect([code, stdout]).toEqual([2, '']);
}
