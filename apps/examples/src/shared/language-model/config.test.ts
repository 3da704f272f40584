// SPDX-License-Identifier: Apache-2.0
import { parseOptions } from '@tapeloop/train/node';
import { describe, expect, it } from 'vitest';
import { checkConfig, resumedConfig } from './config.ts';
import { tinyOptions } from './testing.ts';

const defaults = { ...parseOptions(tinyOptions, []).values, warmup: 2 };
const saved = { ...defaults, hidden: 64, data: 'old.txt', steps: 500 };

/** What a command line makes of the saved options. */
function resumed(...args: string[]) {
  const { values, given } = parseOptions(tinyOptions, args);
  return resumedConfig(saved, values, given);
}

describe('resumedConfig', () => {
  it('keeps what the run began with, also where the defaults differ', () => {
    expect(resumed('--resume')).toEqual({ ...saved, resume: true });
  });

  it('takes the few options that may change', () => {
    const args = [
      '--data',
      'moved.txt',
      '--steps',
      '900',
      '--validate-every',
      '7',
      '--checkpoint',
      'b',
    ];
    expect(resumed(...args)).toEqual({
      ...saved,
      data: 'moved.txt',
      steps: 900,
      validateEvery: 7,
      checkpoint: 'b',
      resume: true,
    });
  });

  it('allows what is said again and refuses what is said otherwise', () => {
    expect(resumed('--hidden', '64').hidden).toBe(64);
    expect(() => resumed('--learning-rate', '1')).toThrow(
      '--learning-rate cannot change when a run goes on: it began with 0.016, got 1.',
    );
  });
});

describe('checkConfig', () => {
  it('refuses tied layers of different sizes and a warm-up that never ends', () => {
    expect(() => checkConfig({ ...defaults, tied: true, embedding: 3, hidden: 5 })).toThrow(
      '--tied',
    );
    expect(() => checkConfig({ ...defaults, warmup: 1000, steps: 1000 })).toThrow('--warmup');
    expect(() => checkConfig({ ...defaults, tied: true, embedding: 5, hidden: 5 })).not.toThrow();
  });
});
