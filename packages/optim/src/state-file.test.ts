// SPDX-License-Identifier: Apache-2.0
import { encodeSafetensors, init, Parameter, tensor } from '@tapeloop/core';
import { cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Optimizer } from './optimizer.ts';
import { nadam } from './rules/nadam.ts';
import { decodeOptimizerState, encodeOptimizerState } from './state-file.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('keeps every bit of tensors and scalars', () => {
  const x = new Parameter('rnn/kernel', cosines([2, 3]));
  const optimizer = new Optimizer([x], nadam());
  for (let step = 0; step < 3; step++) {
    optimizer.step(new Map([[x, sines([2, 3], { start: step })]]));
  }
  const state = optimizer.state();
  const read = decodeOptimizerState(encodeOptimizerState(state));
  expect(read.scalars).toEqual(state.scalars);
  expect(read.scalars['nadam/muProduct']).toBeLessThan(1);
  expect([...read.tensors.keys()].sort()).toEqual([...state.tensors.keys()].sort());
  for (const [name, kept] of state.tensors) {
    expect(read.tensors.get(name)?.shape).toEqual(kept.shape);
    expect(read.tensors.get(name)?.data()).toEqual(kept.data());
  }
  optimizer.dispose();
  x.dispose();
});

test.each([undefined, 'not JSON', '[1]', '{"a":"1"}'])('refuses scalars that are %s', (scalars) => {
  const metadata = scalars === undefined ? {} : { scalars };
  const bytes = encodeSafetensors({ x: tensor([1]) }, metadata);
  expect(() => decodeOptimizerState(bytes, 'state.safetensors')).toThrow(
    'decodeOptimizerState: scalars in the metadata of state.safetensors must be a JSON object of numbers',
  );
});
