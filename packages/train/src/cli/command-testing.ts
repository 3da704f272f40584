// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The command's program. */
export const program: string = fileURLToPath(new URL('main.ts', import.meta.url));

/** A text with a rule to learn, long enough for small batches. */
export const smallText: string = Array.from({ length: 120 }, (_, i) => {
  const words = ['one', 'two', 'three', 'five', 'seven', 'eleven'];
  return `${words[i % 6]} and ${words[(i * i) % 6]} make ${(i * 37) % 100}.\n`;
}).join('');

/** Options that make a run small. */
export const smallOptions: readonly string[] = [
  ...['--data', 'text.txt', '--steps', '40', '--warmup', '4', '--vocabulary', '300'],
  ...['--batch', '3', '--window', '8', '--embedding', '8', '--hidden', '8', '--output-keep', '0.9'],
];

/** Runs the command to its end. */
export function tapeloop(folder: string, args: readonly string[]) {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { status, stdout, stderr };
}

/**
 * The losses in a log of JSON lines, as they were printed: of steps by their number, of validations by
 * `validation 10`.
 *
 * @throws Error when a step was logged twice with different losses.
 */
export function lossesOf(path: string): Map<string | number, string> {
  const losses = new Map<string | number, string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, type, step] = /^\{"type":"(step|validation)","step":(\d+),/.exec(line) ?? [];
    const [, loss] = /"loss":([^,]+),.*\}$/.exec(line) ?? [];
    if (type === undefined || loss === undefined) continue;
    const key = type === 'step' ? Number(step) : `validation ${step}`;
    const before = losses.get(key) ?? loss;
    if (before !== loss) throw new Error(`${path}: ${type} ${step} has ${before} and ${loss}`);
    losses.set(key, loss);
  }
  return losses;
}
