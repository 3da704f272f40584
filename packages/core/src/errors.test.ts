// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { argumentMessage, show } from './errors.ts';

test.each([
  ['"tanh"', 'tanh'],
  ['-0', -0],
  ['NaN', Number.NaN],
  ['undefined', undefined],
  ['[2, null, -1]', [2, null, -1]],
  ['[[1, 2], ["a"], []]', [[1, 2], ['a'], []]],
  ['{ rate, seed }', { rate: 1, seed: 2 }],
  ['{ a }', Object.create(null, { a: { enumerable: true } })],
  ['{ constructor }', { constructor: { name: { toString: 1 } } }],
  ['a Float32Array', new Float32Array(2)],
  ['function cos', Math.cos],
])('show gives %s', (text, value) => {
  expect(show(value)).toBe(text);
});

test('show cuts long texts, lists and objects to one line', () => {
  expect(show('x'.repeat(1000))).toBe(`"${'x'.repeat(159)}…`);
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  expect(show(numbers)).toBe('[0, 1, 2, 3, 4, 5, 6, 7, … 1000 in all]');
  const object = Object.fromEntries(numbers.map((i) => [`key${i}`, i]));
  expect(show(object)).toMatch(/^\{ key0, key1, .{146}…$/);
});

test('show cuts lists in lists, however deep', () => {
  let deep: unknown[] = [];
  for (let i = 0; i < 100_000; i++) deep = [i, deep];
  expect(show(deep)).toBe('[99999, [99998, [99997, […]]]]');
});

test('argumentMessage says what was called, expected and received, and what to do', () => {
  const problem = { op: 'clip', argument: 'min', expected: 'a number', received: 'low' };
  expect(argumentMessage(problem)).toBe('clip: min must be a number, got "low".');
  expect(argumentMessage({ ...problem, hint: 'Use 0.' })).toBe(
    'clip: min must be a number, got "low". Use 0.',
  );
});
