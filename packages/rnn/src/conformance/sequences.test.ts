// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import '../index.ts';
import { checkGolden, goldenCases, unrolled } from './golden-case-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Of the largest value of each tensor. */
const BOUND = 2e-6;

describe.each([
  ["Keras 3's layers", 'keras/rnn.json'],
  ["TensorFlow's LSTMCell and residual wrapper", 'keras/legacy_cells.json'],
  ["PyTorch's modules", 'pytorch/rnn.json'],
])('%s in double precision: every output, state and gradient to 2e-6', (_, path) => {
  test.each(goldenCases(path))('%s', (_title, golden) => {
    checkGolden(golden, BOUND);
  });

  test.each(goldenCases(path))('%s, step by step', (_title, golden) => {
    checkGolden(unrolled(golden), BOUND);
  });
});
