// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { interruptScript, runScript } from '../shared/command-testing.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const small = ['--data', 'text.txt', '--passes', '4', '--batch', '4', '--window', '8'].concat(
  ...[
    ['--hidden', '6'],
    ['--warmup', '2'],
  ],
);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropout-comparison-'));
  const words = Array.from({ length: 600 }, (_, i) => 'abcdefghijklm'[(i * i + i) % 13]);
  writeFileSync(join(folder, 'text.txt'), words.join(' '));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('prints both tables for all three models, and what they show decides the exit code', () => {
  const { code, stdout, stderr } = runScript(main, small, folder);
  expect(stderr).toBe('');
  expect(stdout.match(/^pass \d {2}training/gm)?.length).toBe(12);
  expect(stdout).toContain('| pass | none          | zaremba       | variational   |\n');
  expect(stdout).toMatch(/^\| 4 {3}( \| \d\.\d{3} \/ \d\.\d{3}){3} \|$/m);
  expect(stdout).toMatch(/^\| variational( +\| +[\d.]+){6} +\|$/m);
  const findings = stdout.match(/^(yes|NO ) {2}.*\.$/gm) ?? [];
  expect(findings.length).toBe(5);
  expect(code).toBe(findings.every((line) => line.startsWith('yes')) ? 0 : 1);
});

it('stops at Ctrl-C with exit code 130', async () => {
  const long = [...small, '--passes', '200'];
  const { code, stdout } = await interruptScript(main, long, folder, /^pass 1 /m);
  expect(code).toBe(130);
  expect(stdout).not.toContain('| pass');
});
