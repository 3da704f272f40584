// SPDX-License-Identifier: Apache-2.0
import { readCorpus } from '../shared/corpus.ts';
import { prepareData, type TextData } from '../shared/language-model/text-data.ts';
import { stateOfTheUnion } from '../shared/state-of-the-union.ts';
import { words } from '../shared/tokenizer.ts';
import type { WordConfig } from './config.ts';

/** Words that occur less often than this stay unknown: nothing could be learnt of them. */
const minCount = 3;

/**
 * Reads a text and cuts it into batches of words.
 *
 * @throws UserError when the file cannot be used, or is too short for one window of each row.
 */
export function loadData({
  data: path,
  vocabulary,
  ...sizes
}: Pick<WordConfig, 'data' | 'vocabulary' | 'batch' | 'window'>): TextData {
  const corpus = path === '' ? stateOfTheUnion() : readCorpus(path);
  return prepareData(corpus, sizes, { tokenizer: words, minCount, maxSize: vocabulary });
}
