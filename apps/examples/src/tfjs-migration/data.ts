// SPDX-License-Identifier: Apache-2.0
import { CharTokenizer, type Corpus } from '@tapeloop/train';
import { UserError } from '@tapeloop/train/node';
import { mobyDick } from '../shared/moby-dick.ts';
import { readData } from '../shared/read-data.ts';
import type { ComparisonConfig } from './config.ts';

/** Pieces of a text, and the character that follows each. */
export interface Batch {
  /** Ids `[batch, window]`. */
  readonly inputs: Int32Array<ArrayBuffer>;
  /** Ids `[batch]`. */
  readonly targets: Int32Array<ArrayBuffer>;
}

/** What all contestants train on. */
export interface TextBatches {
  /** Number of ids of characters. */
  readonly characters: number;
  /** One for each step. */
  readonly batches: readonly Batch[];
}

/** @throws UserError when the file cannot be used, or is too short. */
export function loadBatches(config: ComparisonConfig): TextBatches {
  return cutBatches(config.data === '' ? mobyDick() : readData(config.data), config);
}

/** `loadBatches` of a text that is at hand: pieces at equal distances, each used once. */
export function cutBatches(
  { name, text }: Corpus,
  { steps, batch, window }: Pick<ComparisonConfig, 'steps' | 'batch' | 'window'>,
): TextBatches {
  const tokenizer = CharTokenizer.train(text);
  const ids = tokenizer.encode(text);
  const pieces = steps * batch;
  const needed = pieces + window;
  if (ids.length < needed) {
    throw new UserError(
      `--data: ${name} must have ${needed} characters or more for --steps ${steps}, --batch ` +
        `${batch} and --window ${window}, got ${ids.length}. Use a longer text or make them smaller.`,
    );
  }
  const distance = Math.floor((ids.length - window) / pieces);
  const batches = Array.from({ length: steps }, (_, step) => {
    const starts = Array.from({ length: batch }, (_, row) => (row * steps + step) * distance);
    return {
      inputs: Int32Array.from(starts.flatMap((at) => [...ids.subarray(at, at + window)])),
      targets: Int32Array.from(starts, (at) => ids[at + window] ?? 0),
    };
  });
  return { characters: tokenizer.size, batches };
}
