// SPDX-License-Identifier: Apache-2.0
import { parseOptions } from '@tapeloop/train/node';
import { expect, it } from 'vitest';
import { adamOptions, checkWarmup } from './adam-options.ts';

it('refuses a warm-up that never ends', () => {
  const { values } = parseOptions(adamOptions({ steps: 40, learningRate: 0.5 }), [
    ...['--warmup', '40'],
  ]);
  expect(() => checkWarmup(values)).toThrow('--warmup must be less than --steps, got 40 and 40.');
  expect(() => checkWarmup({ ...values, steps: 41 })).not.toThrow();
});
