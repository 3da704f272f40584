// SPDX-License-Identifier: Apache-2.0
import type { BpeModel } from './bpe-model.ts';

/** Hugging Face's `tokenizer.json` of a byte-level BPE, as an object. */
export type HuggingFaceTokenizer = ReturnType<typeof toHuggingFace>;

/**
 * Writes a model as `tokenizer.json`.
 *
 * @see The structs of the Rust library `tokenizers` 0.23, which the file mirrors.
 */
export function toHuggingFace({ tokens, merges, specialIds }: BpeModel) {
  const byteLevel = { type: 'ByteLevel', trim_offsets: true, use_regex: true } as const;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialIds.map((id) => addedToken(id, tokens[id] ?? '')),
    normalizer: null,
    pre_tokenizer: { ...byteLevel, add_prefix_space: false },
    post_processor: null,
    decoder: { ...byteLevel, add_prefix_space: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => merge.map((id) => tokens[id] ?? '')),
    },
  } as const;
}

function addedToken(id: number, content: string) {
  const exact = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return { id, content, ...exact, special: true };
}
