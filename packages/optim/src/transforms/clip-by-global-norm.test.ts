// SPDX-License-Identifier: Apache-2.0
import { dispose, fill, init, Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { globalNorm } from '../global-norm.ts';
import { plainStep } from '../transform.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';

let parameters: Parameter[] = [];
beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });
beforeEach(() => {
  parameters = [new Parameter('a', cosines([2, 3])), new Parameter('b', sines([4]))];
});
afterEach(() => dispose(parameters.splice(0).map(({ value }) => value)));

function gradientsOf() {
  const [a, b] = parameters;
  if (a === undefined || b === undefined) throw new Error('no parameters');
  return new Map([
    [a, cosines([2, 3], { scale: 3 })],
    [b, sines([4], { scale: 5 })],
  ]);
}

/** √(Σ g²) in double precision, from the formula of the fixtures. */
function expectedNorm(): number {
  const squares = [
    ...Array.from({ length: 6 }, (_, i) => (3 * Math.cos(i)) ** 2),
    ...Array.from({ length: 4 }, (_, i) => (5 * Math.sin(i)) ** 2),
  ];
  return Math.sqrt(squares.reduce((sum, square) => sum + square));
}

test('globalNorm is the norm of all gradients as one vector, to 1e-6', () => {
  closeTo([globalNorm(gradientsOf())], [expectedNorm()], { relative: 1e-6, absolute: 0 });
});

test('globalNorm of nothing is 0, and of the largest floats is finite', () => {
  expect(globalNorm(new Map())).toBe(0);
  const huge = new Map(parameters.map((parameter) => [parameter, fill([3], 3e38)]));
  closeTo([globalNorm(huge)], [3e38 * Math.sqrt(6)], { relative: 1e-6, absolute: 0 });
});

test('scales every gradient by maxNorm / norm, to 1e-6', () => {
  const gradients = gradientsOf();
  const clipped = clipByGlobalNorm(2).update(gradients, null, plainStep);
  closeTo([globalNorm(clipped)], [2], { relative: 1e-6, absolute: 0 });
  for (const [parameter, gradient] of gradients) {
    const expected = [...gradient.data()].map((g) => (g * 2) / expectedNorm());
    closeTo(clipped.get(parameter) ?? [], expected, { relative: 1e-6 });
  }
});

test('keeps the bits of gradients within the bound, all zeros included', () => {
  const gradients = gradientsOf();
  const norm = globalNorm(gradients);
  expect(clipByGlobalNorm(norm).update(gradients, null, plainStep)).toEqual(gradients);
  const zeros = new Map(parameters.map((parameter) => [parameter, tensor([0, 0])]));
  for (const [parameter, update] of clipByGlobalNorm(1).update(zeros, null, plainStep)) {
    expect(update.data()).toEqual(zeros.get(parameter)?.data());
  }
});

test.each([0, -1, Number.NaN])('refuses a maxNorm of %d', (maxNorm) => {
  expect(() => clipByGlobalNorm(maxNorm)).toThrow(
    `clipByGlobalNorm: maxNorm must be a number above 0, got ${maxNorm}.`,
  );
});
