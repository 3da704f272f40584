// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { characters, words } from './tokenizer.ts';

describe('characters', () => {
  it('are code points, and nothing is lost', () => {
    const text = 'A 🐋\n';
    expect([...characters.split(text)]).toEqual(['A', ' ', '🐋', '\n']);
    expect(characters.join([...characters.split(text)])).toBe(text);
  });
});

describe('words', () => {
  it('are in lower case, with what stands inside them, and marks stand alone', () => {
    const text = "It's 1,000 men\n(or so), Mr. Speaker—half-built!";
    expect([...words.split(text)].join(' ')).toBe(
      "it's 1,000 men ( or so ) , mr . speaker — half-built !",
    );
  });

  it('join with spaces where a reader expects them', () => {
    expect(words.join(['yes', ',', '(', 'a', 'few', ')', 'cost', '$', '5', '.'])).toBe(
      'yes, (a few) cost $5.',
    );
    expect(words.join([])).toBe('');
  });

  it('of a text without any are none', () => {
    expect([...words.split(' \n')]).toEqual([]);
  });
});
