// SPDX-License-Identifier: Apache-2.0
import { type Corpus, CorpusError } from '@tapeloop/train';
import { readCorpus, UserError } from '@tapeloop/train/node';

/** The text that `--data` names. @throws UserError when it cannot be read, is not UTF-8, or is empty. */
export function readData(path: string): Corpus {
  try {
    return readCorpus(path);
  } catch (error) {
    if (!(error instanceof CorpusError)) throw error;
    throw new UserError(error.message.replace(/^corpus:/, '--data:'));
  }
}
