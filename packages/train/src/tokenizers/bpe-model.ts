// SPDX-License-Identifier: Apache-2.0
import { byteCharacters, bytesInOrder } from './byte-alphabet.ts';
import { countEach } from './count.ts';
import { type CountedWord, learnMerges, type Merge } from './learn-merges.ts';
import { preTokenize } from './pre-tokenize.ts';

/** All that a byte-level BPE tokenizer is. */
export interface BpeModel {
  /** Tokens by id, their bytes written with `byteCharacters`; special tokens as they are. */
  readonly tokens: readonly string[];
  /** Pairs of ids that become one token, the earliest first. */
  readonly merges: readonly Merge[];
  /** Ids of the tokens that stand for their own text and take no part in merges. */
  readonly specialIds: readonly number[];
}

/** How far to train. */
export interface BpeTraining {
  readonly vocabularySize: number;
  readonly minFrequency: number;
  readonly specialTokens: readonly string[];
  /** Is told the number of tokens after each new one. */
  readonly onToken?: ((size: number) => void) | undefined;
}

/** Learns a model from a text: special tokens first, then the 256 bytes, then what merges make. */
export function trainBpe(text: string, training: BpeTraining): BpeModel {
  const { vocabularySize, minFrequency, specialTokens, onToken } = training;
  const tokens = [...specialTokens, ...bytesInOrder.map((byte) => byteCharacters[byte] ?? '')];
  const special = new Set(specialTokens);
  const merges: Merge[] = [];

  learnMerges(wordsOf(text, specialTokens.length), {
    minFrequency,
    wantsMore: () => tokens.length < vocabularySize,
    join: (merge) => {
      const token = merge.map((id) => tokens[id]).join('');
      if (special.has(token)) return undefined;
      merges.push(merge);
      const size = tokens.push(token);
      onToken?.(size);
      return size - 1;
    },
  });
  return { tokens, merges, specialIds: specialTokens.map((_, id) => id) };
}

/** Each different piece of a text as the ids of its bytes. */
function wordsOf(text: string, firstId: number): CountedWord[] {
  const idOfByte = new Map(bytesInOrder.map((byte, i) => [byte, firstId + i]));
  const encoder = new TextEncoder();
  return Array.from(countEach(preTokenize(text)), ([word, count]) => ({
    symbols: Array.from(encoder.encode(word), (byte) => idOfByte.get(byte) ?? byte),
    count,
  }));
}
