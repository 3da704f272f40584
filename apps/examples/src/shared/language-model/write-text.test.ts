// SPDX-License-Identifier: Apache-2.0
import { init, RandomStream } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { LanguageModel } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { WordsAndMarks } from '../../word-lm/words-and-marks.ts';
import { tinyConfig } from './testing.ts';
import { writeText } from './write-text.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

it('puts spaces between words where text has them, none before marks, and writes no unknown word', () => {
  const tokenizer = new WordsAndMarks(['a', 'sea', '(', ')', ',', '.']);
  const model = new LanguageModel(tokenizer.size, tinyConfig);
  const prompt = 'a sea';
  const options = { prompt, length: 60, temperature: 1, stream: new RandomStream(5) };
  const text = prompt + [...writeText(model, tokenizer, options)].join('');
  model.dispose();
  const ids = tokenizer.encode(text);
  expect(ids.length).toBe(62);
  expect(new Set(ids)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  expect(text).toBe(tokenizer.decode(ids));
});
