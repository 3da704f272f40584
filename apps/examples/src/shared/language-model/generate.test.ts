// SPDX-License-Identifier: Apache-2.0
import { init, RandomStream } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { words } from '../tokenizer.ts';
import { Vocabulary } from '../vocabulary.ts';
import { chooseId, generate } from './generate.ts';
import { LanguageModel } from './model.ts';
import { tinyConfig } from './testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const logs = (...shares: number[]) => shares.map(Math.log);

describe('chooseId', () => {
  it('gives each id its share of [0, 1), in order, and the unknown one none', () => {
    const scores = logs(5, 1, 2, 1);
    const chosen = [0, 0.249, 0.251, 0.749, 0.751, 0.999].map((u) => chooseId(scores, 1, u));
    expect(chosen).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('divides scores by the temperature: at 1/2 shares are squared', () => {
    const scores = logs(5, 1, 3);
    expect([0.09, 0.11].map((u) => chooseId(scores, 0.5, u))).toEqual([1, 2]);
    expect([0.24, 0.26].map((u) => chooseId(scores, 1, u))).toEqual([1, 2]);
  });

  it('takes the likeliest known id at temperature 0, whatever the chance', () => {
    expect([0, 0.5, 0.999].map((u) => chooseId([9, 1, 4, 2], 0, u))).toEqual([2, 2, 2]);
  });

  it('does not overflow with large scores', () => {
    expect(chooseId([0, 1e30, 1e30], 0.01, 0.75)).toBe(2);
  });
});

describe('generate', () => {
  it('puts spaces between words where text has them, none before marks', () => {
    const vocabulary = new Vocabulary(['a', 'sea', '(', ')', ',', '.'], words);
    const model = new LanguageModel(vocabulary.size, tinyConfig);
    const prompt = 'a sea';
    const options = { prompt, length: 60, temperature: 1, stream: new RandomStream(5) };
    const text = prompt + [...generate(model, vocabulary, options)].join('');
    model.dispose();
    const tokens = [...words.split(text)];
    expect(tokens.length).toBe(62);
    expect(new Set(tokens)).toEqual(new Set(vocabulary.tokens));
    expect(text).toBe(words.join(tokens));
  });
});
