// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadData, prepareData, snippetsOf, splitLines } from './data.ts';

beforeAll(async () => {
  await init();
});

describe('snippetsOf', () => {
  const articles = ['A b, c d.', 'E', 'f g', 'h i', 'j k', '1', 'L m-n; o P q r s'];
  const { training, heldOut } = snippetsOf([{ language: 'X', articles }], 3);

  it('trains on windows of words that begin at every word, small letters alone', () => {
    expect(training).toEqual([
      { label: 'X', text: 'a b c' },
      { label: 'X', text: 'b c d' },
    ]);
  });

  it('holds every seventh article out, in windows that do not overlap', () => {
    expect(heldOut.map(({ text }) => text)).toEqual(['l m n', 'o p q']);
  });
});

describe('splitLines', () => {
  const lines = Array.from({ length: 14 }, (_, i) => `${i % 2 ? 'ham' : 'spam'}\ttext ${i}`);

  it('holds every seventh line out', () => {
    const { training, heldOut } = splitLines('mail.tsv', `${lines.join('\n')}\n\n`);
    expect(heldOut).toEqual([
      { label: 'spam', text: 'text 6' },
      { label: 'ham', text: 'text 13' },
    ]);
    expect(training.length).toBe(12);
    expect(training[0]).toEqual({ label: 'spam', text: 'text 0' });
  });

  it('names the line that is none, and refuses too few lines or labels', () => {
    expect(() => splitLines('mail.tsv', `${lines.join('\n')}\nspam`)).toThrow(
      "--data: line 15 of mail.tsv must be a label, a tab and a text, got 'spam'.",
    );
    expect(() => splitLines('mail.tsv', lines.slice(0, 5).join('\n'))).toThrow('got 5 lines');
    const alike = lines.map((line) => line.replace('spam', 'ham'));
    expect(() => splitLines('mail.tsv', alike.join('\n'))).toThrow('two labels or more');
  });
});

describe('prepareData', () => {
  it('leaves texts out whose label it cannot learn', () => {
    const text = 'abcdefghij'.repeat(10);
    const training = ['one', 'two', 'one'].map((label) => ({ label, text }));
    const heldOut = ['two', 'three'].map((label) => ({ label, text: 'az' }));
    const data = prepareData({ training, heldOut }, { batch: 2, seed: 1 });
    expect(data.labels).toEqual(['one', 'two']);
    expect(data.trainingExamples).toBe(3);
    expect(data.heldOut).toEqual([{ ids: [1, 0], label: 1 }]);
  });
});

describe('loadData', () => {
  it('cuts the Declaration in 16 languages into snippets', () => {
    const data = loadData({ data: '', snippet: 5, batch: 64, seed: 1 });
    expect(data.labels.length).toBe(16);
    expect(data.trainingExamples).toBeGreaterThan(10_000);
    const labels = data.heldOut.map(({ label }) => label);
    expect(new Set(labels).size).toBe(16);
    expect(labels.length).toBeGreaterThan(400);
  });
});
