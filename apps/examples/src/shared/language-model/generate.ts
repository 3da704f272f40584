// SPDX-License-Identifier: Apache-2.0
import { dispose, type RandomStream, type Tensor, tensor, tidy, uniform } from '@tapeloop/core';
import { unknownId, type Vocabulary } from '../vocabulary.ts';
import type { LanguageModel, TextState } from './model.ts';

/** How text is made. */
export interface GenerateOptions {
  /** The text to go on from; at least one token. */
  readonly prompt: string;
  /** Number of tokens to make. */
  readonly length: number;
  /** Logits are divided by it: below 1 the likely becomes likelier; 0 always takes the likeliest. */
  readonly temperature: number;
  /** Where chance comes from. */
  readonly stream: RandomStream;
}

/** Makes text, token by token. Never the unknown one: it cannot be written. */
export function* generate(
  model: LanguageModel,
  vocabulary: Vocabulary,
  { prompt, length, temperature, stream }: GenerateOptions,
): Generator<string> {
  let state: TextState | undefined;
  let ids = vocabulary.encode(prompt);
  try {
    for (let i = 0; i < length; i++) {
      const before = state;
      const next = tidy(() => {
        const { logits, state: after } = model.call(tensor(ids, [ids.length, 1]), {
          state: before,
        });
        const chance = uniform([1], { stream }).item();
        return { id: chooseId(lastScores(logits, vocabulary.size), temperature, chance), after };
      });
      dispose(before);
      state = next.after;
      const last = ids.subarray(-1);
      ids = Int32Array.of(next.id);
      // Whether a space stands between two tokens depends on both.
      yield vocabulary.decode([...last, next.id]).slice(vocabulary.decode(last).length);
    }
  } finally {
    dispose(state);
  }
}

/**
 * The id that `chance` falls on when the ids share [0, 1) by `softmax(scores / temperature)`, in
 * their order; the unknown id has no share.
 *
 * @param chance in [0, 1).
 */
export function chooseId(scores: ArrayLike<number>, temperature: number, chance: number): number {
  const known = Array.from(scores, (score, id) =>
    id === unknownId ? Number.NEGATIVE_INFINITY : score,
  );
  const highest = Math.max(...known);
  if (temperature === 0) return known.indexOf(highest);
  const shares = known.map((score) => Math.exp((score - highest) / temperature));
  let rest = chance * shares.reduce((sum, share) => sum + share, 0);
  for (const [id, share] of shares.entries()) {
    rest -= share;
    if (rest < 0) return id;
  }
  return known.indexOf(highest);
}

/** The scores of the last step. */
function lastScores(logits: Tensor, size: number): ArrayLike<number> {
  return logits.data().subarray(logits.size - size);
}
