// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { interruptScript, runScript } from '../shared/command-testing.ts';
import { folderOfTest } from '../shared/folder-testing.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const words = Array.from({ length: 600 }, (_, i) => 'abcdefghijklm'[(i * i + i) % 13]);
const folder = folderOfTest({ 'text.txt': words.join(' ') });
const small = '--data text.txt --passes 4 --batch 4 --window 8 --hidden 6 --warmup 2'.split(' ');

it('prints both tables for all three models, and what they show decides the exit code', () => {
  const { code, stdout, stderr } = runScript(main, small, folder.path);
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
  const { code, stdout } = await interruptScript(main, long, folder.path, /^pass 1 /m);
  expect(code).toBe(130);
  expect(stdout).not.toContain('| pass');
});
