// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { TokenizerError } from './json-fields.ts';

const specialTokens = ['<|endoftext|>'];
const tokenizer = BpeTokenizer.train('the whale the whale', { vocabularySize: 264, specialTokens });

/** A fresh tokenizer.json, to be spoiled. */
function json() {
  return JSON.parse(JSON.stringify(tokenizer));
}

describe('BpeTokenizer.fromJSON', () => {
  it('reads older files: merges as text, no type, a special token after the others', () => {
    const old = json();
    old.model.merges = old.model.merges.map((merge: string[]) => merge.join(' '));
    delete old.model.type;
    old.model.continuing_subword_prefix = '';
    old.post_processor = { type: 'ByteLevel', trim_offsets: false };
    const vocabulary = Object.entries<number>(old.model.vocab);
    old.model.vocab = Object.fromEntries(
      vocabulary.filter(([, id]) => id > 0).map(([token, id]) => [token, id - 1]),
    );
    old.added_tokens[0].id = tokenizer.size - 1;
    const read = BpeTokenizer.fromJSON(old);
    const text = 'the whale<|endoftext|>the';
    const shifted = tokenizer.encode(text).map((id) => (id === 0 ? tokenizer.size : id) - 1);
    expect(read.encode(text)).toEqual(shifted);
    expect(read.specialId('<|endoftext|>')).toBe(tokenizer.size - 1);
  });

  const added = { id: 0, content: '<|endoftext|>', special: true };
  const spoilt: [path: string, value: unknown, reason: string][] = [
    ['version', '2.0', 'version must be "1.0", got "2.0"'],
    ['truncation', { max_length: 512 }, 'truncation must be null, got an object'],
    ['normalizer', { type: 'NFC' }, 'normalizer must be null, got an object'],
    ['pre_tokenizer/type', 'Metaspace', 'pre_tokenizer.type must be "ByteLevel", got "Metaspace"'],
    [
      'pre_tokenizer/add_prefix_space',
      true,
      'pre_tokenizer.add_prefix_space must be false, got true',
    ],
    ['pre_tokenizer/use_regex', false, 'pre_tokenizer.use_regex must be true, got false'],
    ['decoder', null, 'decoder must be an object, got null'],
    [
      'post_processor',
      { type: 'Template' },
      'post_processor.type must be "ByteLevel", got "Template"',
    ],
    ['model/type', 'Unigram', 'model.type must be "BPE", got "Unigram"'],
    ['model/dropout', 0.1, 'model.dropout must be null, got 0.1'],
    ['model/unk_token', '<unk>', 'model.unk_token must be null, got "<unk>"'],
    ['model/end_of_word_suffix', '</w>', 'model.end_of_word_suffix must be "" or null, got "</w>"'],
    ['model/ignore_merges', true, 'model.ignore_merges must be false, got true'],
    ['model/vocab', [], 'model.vocab must be an object, got a list of 0'],
    ['model/vocab/Ġ', undefined, 'model.vocab lacks "Ġ", the token of byte 32'],
    ['model/vocab/a', '5', 'model.vocab["a"] must be an id, a whole number from 0 on, got "5"'],
    ['model/vocab/a', 264, '"a" has id 264, but the ids of 264 tokens end at 263'],
    ['model/vocab/he', 2 ** 32, '"he" has id 4294967296, but the ids of 264 tokens end at 263'],
    ['model/vocab/he', 263, 'have the same id 263'],
    [
      'model/vocab/a b',
      264,
      'model.vocab has "a b", which neither stands for bytes nor is special',
    ],
    ['model/vocab/', 264, 'model.vocab has "", which neither stands for bytes nor is special'],
    ['model/merges', 'a b', 'model.merges must be a list, got "a b"'],
    ['model/merges/1', 'a b c', 'model.merges[1] must be two tokens, got "a b c"'],
    ['model/merges/1', ['a', 5], 'model.merges[1] must be two tokens, got a list of 2'],
    ['model/merges/1', ['a', 'qq'], 'model.merges[1] names "qq", which is no token to merge'],
    ['model/merges/1', ['a', 'b'], 'model.merges[1] names "ab", which is no token to merge'],
    ['model/merges/2', ['h', 'e'], 'model.merges[2] repeats model.merges[1]'],
    ['added_tokens', {}, 'added_tokens must be a list, got an object'],
    ['added_tokens/0/lstrip', true, 'added_tokens[0].lstrip must be false, got true'],
    ['added_tokens/0/special', false, 'added_tokens[0].special must be true, got false'],
    [
      'added_tokens/0/id',
      7,
      'added_tokens[0] gives "<|endoftext|>" the id 7, but it has 0 already',
    ],
    ['added_tokens/0/content', '', 'added_tokens[0].content must be text in Unicode, got ""'],
    ['added_tokens/0/content', '\ud800', 'added_tokens[0].content must be text in Unicode'],
    [
      'added_tokens/1',
      added,
      'added_tokens[1] gives "<|endoftext|>" the id 0, but it has 0 already',
    ],
    ['added_tokens/0', { ...added, id: 1, content: '!' }, 'takes "!", the token of a byte'],
    [
      'added_tokens/0',
      { ...added, id: 258, content: 'he' },
      'names "he", which is no token to merge',
    ],
  ];
  it.each(spoilt)('refuses a file with %s %j, naming it and the field', (path, value, reason) => {
    const file = json();
    set(file, path.split('/'), value);
    const read = () => BpeTokenizer.fromJSON(file, { source: 'moby.json' });
    expect(read).toThrow(TokenizerError);
    expect(read).toThrow('BpeTokenizer.fromJSON: moby.json: ');
    expect(read).toThrow(reason);
  });
});

/** Sets what a path leads to; `undefined` takes it out. */
function set(tree: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  if (rest.length > 0) set(tree[key] as Record<string, unknown>, rest, value);
  else if (value === undefined) delete tree[key];
  else tree[key] = value;
}
