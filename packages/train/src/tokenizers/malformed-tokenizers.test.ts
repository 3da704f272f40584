// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { jsonMutations, mutations, type Outcome, readMalformed } from '../fuzz-testing.ts';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { CharTokenizer } from './char-tokenizer.ts';
import { TokenizerError } from './json-fields.ts';
import type { Tokenizer } from './tokenizer.ts';
import { decodeTokenizer } from './tokenizer-from-json.ts';
import { WordTokenizer } from './word-tokenizer.ts';

const text = 'the whale, the whale! there she blows: the white whale\n';
const bpe = BpeTokenizer.train(text, { vocabularySize: 290, specialTokens: ['<|end|>', '<pad>'] });
const encoder = new TextEncoder();

/** What holds of every tokenizer, whatever it was trained on. */
function checkWhole(tokenizer: Tokenizer): void {
  const ids = tokenizer.encode('the whale <pad> é🐋\ufeff\n');
  if (!ids.every((id) => id >= 0 && id < tokenizer.size)) throw new Error('an id is out of range');
  const decoded = tokenizer.decode(ids);
  if (tokenizer.unknownId === undefined && decoded !== 'the whale <pad> é🐋\ufeff\n') {
    throw new Error(`the text came back as ${decoded}`);
  }
  const again = tokenizer.encode(decoded);
  if (tokenizer.unknownId === undefined && again.join() !== ids.join()) {
    throw new Error('the text has other ids the second time');
  }
  decodeTokenizer(encoder.encode(JSON.stringify(tokenizer)));
}

function readAll(files: Iterable<Uint8Array>): Outcome {
  return readMalformed({
    files,
    source: 'tokenizer.json',
    error: TokenizerError,
    read: (bytes, source) => decodeTokenizer(bytes, { source }),
    check: checkWhole,
    bytesPerByte: 32,
  });
}

function* utf8(texts: Iterable<string>): Generator<Uint8Array> {
  for (const each of texts) yield encoder.encode(each);
}

describe('decodeTokenizer', () => {
  it('reads or refuses 5000 damaged copies of a tokenizer.json, naming it', () => {
    const outcome = readAll(mutations(encoder.encode(JSON.stringify(bpe)), 1, 5000));
    expect(outcome.read + outcome.refused).toBe(5000);
    expect(outcome.refused).toBeGreaterThan(3000);
    expect(outcome.reasons.size).toBeGreaterThan(20);
  });

  it('reads or refuses 5000 JSON files that are nearly a tokenizer.json, naming the field', () => {
    const outcome = readAll(utf8(jsonMutations(JSON.parse(JSON.stringify(bpe)), 2, 5000)));
    expect(outcome.read + outcome.refused).toBe(5000);
    expect(outcome.refused).toBeGreaterThan(3000);
    expect(outcome.reasons.size).toBeGreaterThan(40);
  });

  it.each([CharTokenizer.train(text, { minCount: 2 }), WordTokenizer.train(text)])(
    'reads or refuses 2000 files that are nearly the JSON of another tokenizer (%#)',
    (tokenizer) => {
      const json = JSON.stringify(tokenizer);
      const damaged = readAll(mutations(encoder.encode(json), 3, 1000));
      const wrong = readAll(utf8(jsonMutations(JSON.parse(json), 4, 1000)));
      expect(damaged.read + damaged.refused + wrong.read + wrong.refused).toBe(2000);
      expect(wrong.reasons.size).toBeGreaterThan(5);
    },
  );
});
