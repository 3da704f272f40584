// SPDX-License-Identifier: Apache-2.0
import { argMax, tensor, tidy } from '@tapeloop/core';
import { chunks, padIds } from '@tapeloop/train';
import type { PronunciationData } from './data.ts';
import type { Entry, Pronunciation } from './dictionary.ts';
import { type ErrorRates, errorRates } from './error-rates.ts';
import type { PronunciationModel } from './model.ts';
import { endId, startId } from './symbols.ts';

/** Words that are said at once. */
const batch = 256;

/** Longest pronunciation, in phonemes, for each letter of the longest word: `x` has `EH K S`. */
const phonemesPerLetter = 3;

/** Says words as the model finds likeliest, phoneme by phoneme (greedy search). */
export function pronounce(
  model: PronunciationModel,
  { letters, phonemes }: Pick<PronunciationData, 'letters' | 'phonemes'>,
  words: readonly string[],
): Pronunciation[] {
  return chunks(words, batch).flatMap((some) => {
    const said = sayIds(
      model,
      some.map((word) => letters.encode(word)),
    );
    return said.map((ids) => phonemes.decode(ids));
  });
}

/** Error rates of what the model says for words, without being told. */
export function evaluate(
  model: PronunciationModel,
  symbols: Pick<PronunciationData, 'letters' | 'phonemes'>,
  entries: readonly Entry[],
): ErrorRates {
  const words = entries.map(({ word }) => word);
  const said = pronounce(model, symbols, words);
  return errorRates(
    entries.map(({ pronunciations }, i) => ({ said: said[i] ?? [], pronunciations })),
  );
}

/** One row of ids for each row of letters, without the end. */
function sayIds(model: PronunciationModel, rows: readonly (readonly number[])[]): number[][] {
  const said = rows.map((): number[] => []);
  const hasEnded = rows.map(() => false);
  return tidy(() => {
    const { ids, mask } = padIds(rows);
    const encoding = model.encode(ids, mask);
    const longest = phonemesPerLetter * (ids.shape[1] ?? 0);
    let last = rows.map(() => startId);
    let state = encoding.state;
    for (let step = 0; step < longest && hasEnded.includes(false); step++) {
      const next = tidy(() => {
        const before = tensor(Int32Array.from(last), [rows.length, 1]);
        const { logits, state: after } = model.decode(before, encoding, state);
        return { ids: [...argMax(logits).data()], after };
      });
      state = next.after;
      last = next.ids;
      last.forEach((id, row) => {
        hasEnded[row] ||= id === endId;
        if (!hasEnded[row]) said[row]?.push(id);
      });
    }
    return said;
  });
}
