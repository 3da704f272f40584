// SPDX-License-Identifier: Apache-2.0
import type { BpeModel } from './bpe-model.ts';
import { byteCharacters, bytesOfToken } from './byte-alphabet.ts';
import { briefly, checkField, type Fail, type Fields, fieldsOf, listOf } from './json-fields.ts';
import type { Merge } from './learn-merges.ts';
import { isSpecialToken } from './special-tokens.ts';

/**
 * Reads a model from `tokenizer.json`, as an object. Allocates in proportion to what is listed
 * there, whatever numbers it holds.
 *
 * @throws the error that `fail` makes of a reason, which names the field.
 */
export function modelFromHuggingFace(json: unknown, fail: Fail): BpeModel {
  const file = fieldsOf(json, 'it', fail);
  const model = fieldsOf(file['model'], 'model', fail);
  checkPipeline(file, fail);
  checkModel(model, fail);
  const vocabulary = vocabularyOf(model, fail);
  const special = specialTokensOf(file, vocabulary, fail);
  const ids = new Map([...vocabulary, ...special]);
  const tokens = tokensById(ids, fail);
  for (const token of tokens) {
    if (special.has(token) || (token !== '' && bytesOfToken(token) !== undefined)) continue;
    throw fail(`model.vocab has ${briefly(token)}, which neither stands for bytes nor is special`);
  }
  const merges = mergesOf(model, { ids, special, fail });
  return { tokens, merges, specialIds: [...special.values()] };
}

/** All that a `tokenizer.json` may do to text besides BPE is refused: it would change the ids. */
function checkPipeline(file: Fields, fail: Fail): void {
  checkField(file, 'version', { among: ['1.0'], fail });
  for (const field of ['truncation', 'padding', 'normalizer']) {
    checkField(file, field, { among: [null, undefined], fail });
  }
  const split = { within: 'pre_tokenizer.', fail };
  const preTokenizer = fieldsOf(file['pre_tokenizer'], 'pre_tokenizer', fail);
  checkField(preTokenizer, 'type', { among: ['ByteLevel'], ...split });
  checkField(preTokenizer, 'add_prefix_space', { among: [false], ...split });
  checkField(preTokenizer, 'use_regex', { among: [true, undefined], ...split });
  const decoder = fieldsOf(file['decoder'], 'decoder', fail);
  checkField(decoder, 'type', { among: ['ByteLevel'], within: 'decoder.', fail });
  // A byte-level post-processor moves offsets, not ids.
  if (file['post_processor'] === null || file['post_processor'] === undefined) return;
  const postProcessor = fieldsOf(file['post_processor'], 'post_processor', fail);
  checkField(postProcessor, 'type', { among: ['ByteLevel'], within: 'post_processor.', fail });
}

function checkModel(model: Fields, fail: Fail): void {
  const none = [null, undefined];
  const supported: [string, unknown[]][] = [
    // Files from before there was a type have none.
    ['type', ['BPE', undefined]],
    ['dropout', none],
    ['unk_token', none],
    ['continuing_subword_prefix', ['', ...none]],
    ['end_of_word_suffix', ['', ...none]],
    ['byte_fallback', [false, undefined]],
    ['ignore_merges', [false, undefined]],
  ];
  const within = 'model.';
  for (const [field, among] of supported) checkField(model, field, { among, within, fail });
}

function vocabularyOf(model: Fields, fail: Fail): Map<string, number> {
  const entries = Object.entries(fieldsOf(model['vocab'], 'model.vocab', fail));
  const vocabulary = new Map(
    entries.map(([token, id]) => [token, idOf(id, `model.vocab[${briefly(token)}]`, fail)]),
  );
  for (const [byte, character] of byteCharacters.entries()) {
    if (vocabulary.has(character)) continue;
    throw fail(`model.vocab lacks "${character}", the token of byte ${byte}`);
  }
  return vocabulary;
}

function specialTokensOf(
  file: Fields,
  vocabulary: ReadonlyMap<string, number>,
  fail: Fail,
): Map<string, number> {
  const special = new Map<string, number>();
  for (const [i, entry] of listOf(file['added_tokens'] ?? [], 'added_tokens', fail).entries()) {
    const name = `added_tokens[${i}]`;
    const token = fieldsOf(entry, name, fail);
    for (const field of ['single_word', 'lstrip', 'rstrip']) {
      checkField(token, field, { among: [false, undefined], within: `${name}.`, fail });
    }
    checkField(token, 'special', { among: [true], within: `${name}.`, fail });
    const content = token['content'];
    if (typeof content !== 'string' || !isSpecialToken(content)) {
      throw fail(`${name}.content must be text in Unicode, got ${briefly(content)}`);
    }
    const id = idOf(token['id'], `${name}.id`, fail);
    const known = special.get(content) ?? vocabulary.get(content) ?? id;
    if (known !== id || special.has(content)) {
      throw fail(`${name} gives ${briefly(content)} the id ${id}, but it has ${known} already`);
    }
    if (byteCharacters.includes(content)) {
      throw fail(`${name} takes ${briefly(content)}, the token of a byte`);
    }
    special.set(content, id);
  }
  return special;
}

/** Tokens in the order of their ids, which are the numbers from 0 on, each once. */
function tokensById(ids: ReadonlyMap<string, number>, fail: Fail): string[] {
  const tokens: (string | undefined)[] = Array.from({ length: ids.size });
  for (const [token, id] of ids) {
    if (id >= ids.size) {
      throw fail(
        `${briefly(token)} has id ${id}, but the ids of ${ids.size} tokens end at ${ids.size - 1}`,
      );
    }
    const other = tokens[id];
    if (other !== undefined) {
      throw fail(`${briefly(other)} and ${briefly(token)} have the same id ${id}`);
    }
    tokens[id] = token;
  }
  return tokens.filter((token) => token !== undefined);
}

interface Vocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly special: ReadonlyMap<string, number>;
  readonly fail: Fail;
}

function mergesOf(model: Fields, { ids, special, fail }: Vocabulary): Merge[] {
  const made = new Map<string, number>();
  return listOf(model['merges'], 'model.merges', fail).map((entry, i) => {
    const name = `model.merges[${i}]`;
    const [left, right] = pairOf(entry, name, fail);
    const find = (token: string) => {
      const id = special.has(token) ? undefined : ids.get(token);
      if (id !== undefined) return id;
      throw fail(`${name} names ${briefly(token)}, which is no token to merge`);
    };
    const merge: Merge = [find(left), find(right)];
    find(left + right);
    const key = merge.join(' ');
    const earlier = made.get(key);
    if (earlier !== undefined) throw fail(`${name} repeats model.merges[${earlier}]`);
    made.set(key, i);
    return merge;
  });
}

/** Two tokens, in a list or, in older files, with a space between. */
function pairOf(entry: unknown, name: string, fail: Fail): [string, string] {
  const [left, right, ...more] = typeof entry === 'string' ? entry.split(' ') : toList(entry);
  if (typeof left === 'string' && typeof right === 'string' && more.length === 0) {
    return [left, right];
  }
  throw fail(`${name} must be two tokens, got ${briefly(entry)}`);
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function idOf(value: unknown, name: string, fail: Fail): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw fail(`${name} must be an id, a whole number from 0 on, got ${briefly(value)}`);
}
