// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach } from 'vitest';

type Method = 'debug' | 'dir' | 'error' | 'info' | 'log' | 'table' | 'trace' | 'warn';

const methods: readonly Method[] = [
  'debug',
  'dir',
  'error',
  'info',
  'log',
  'table',
  'trace',
  'warn',
];
const originals = methods.map((method) => [method, console[method]] as const);
const printed: string[] = [];

/**
 * A library prints nothing: a test during which anything reaches the console fails.
 * A test that expects a message replaces the method first: `vi.spyOn(console, 'warn').mockImplementation(...)`.
 */
beforeEach(() => {
  printed.length = 0;
  for (const method of methods) {
    console[method] = (...values: unknown[]) => {
      printed.push(`console.${method}: ${values.map(String).join(' ')}`);
    };
  }
});

afterEach(() => {
  for (const [method, original] of originals) console[method] = original;
  if (printed.length > 0) throw new Error(`A library must not print:\n${printed.join('\n')}`);
});
