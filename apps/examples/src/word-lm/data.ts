// SPDX-License-Identifier: Apache-2.0
import { prepareData, type TextData } from '../shared/language-model/text-data.ts';
import { readData } from '../shared/read-data.ts';
import { stateOfTheUnion } from '../shared/state-of-the-union.ts';
import type { WordConfig } from './config.ts';
import { WordsAndMarks } from './words-and-marks.ts';

/** Words that occur less often than this stay unknown: nothing could be learnt of them. */
const minCount = 3;

/**
 * Reads a text and cuts it into batches of words.
 *
 * @throws UserError when the file cannot be used, or is too short for one window of each row.
 */
export function loadData({
  data: path,
  vocabulary: maxSize,
  batch,
  window,
}: Pick<WordConfig, 'data' | 'vocabulary' | 'batch' | 'window'>): Promise<TextData> {
  return prepareData(path === '' ? stateOfTheUnion() : readData(path), {
    batch,
    window,
    token: 'word',
    trainTokenizer: (text) => WordsAndMarks.train(text, { minCount, maxSize }),
  });
}
