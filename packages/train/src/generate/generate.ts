// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  type RandomStream,
  type Tensor,
  type Tree,
  tensor,
  tidy,
  uniform,
} from '@tapeloop/core';
import { check, checkWhole } from '../check.ts';
import { chooseId, type SamplingOptions } from './choose.ts';
import type { RecurrentLanguageModel } from './language-model.ts';

/** How a text is made. */
export interface GenerateOptions extends SamplingOptions {
  /** The tokens to go on from; at least one. */
  readonly prompt: Int32Array<ArrayBuffer>;
  /** Number of tokens to make at most. */
  readonly length: number;
  /** Where chance comes from. */
  readonly stream: RandomStream;
  /** A token that ends the text; it is not given out. */
  readonly endId?: number | undefined;
}

/**
 * Makes a text, token by token: each is drawn from what the model expects after those before. Read
 * from it as long as you like; ending early frees what it holds.
 *
 * @throws ValueError when the prompt is empty or an option is out of range.
 */
export function generate<State extends Tree>(
  model: RecurrentLanguageModel<State>,
  options: GenerateOptions,
): Generator<number> {
  checkPrompt('generate', options.prompt);
  checkSampling(options);
  return tokens(model, options);
}

function* tokens<State extends Tree>(
  model: RecurrentLanguageModel<State>,
  { prompt, length, stream, endId, ...sampling }: GenerateOptions,
): Generator<number> {
  let state: State | undefined;
  let ids = prompt;
  try {
    for (let i = 0; i < length; i++) {
      const before = state;
      const next = tidy(() => {
        const { logits, state: after } = model.call(column(ids), { state: before });
        const chance = uniform([1], { stream }).item();
        return { id: chooseId(lastScores(logits), sampling, chance), after };
      });
      dispose(before);
      state = next.after;
      if (next.id === endId) return;
      ids = Int32Array.of(next.id);
      yield next.id;
    }
  } finally {
    dispose(state);
  }
}

/** Ids as a batch of one row: `[time, 1]`. */
function column(ids: Int32Array<ArrayBuffer>): Tensor {
  return tensor(ids, [ids.length, 1]);
}

/** The scores of the last step. */
function lastScores(logits: Tensor): ArrayLike<number> {
  const size = logits.shape.at(-1) ?? 0;
  return logits.data().subarray(logits.size - size);
}

/** @throws ValueError when there is nothing to go on from. */
export function checkPrompt(op: string, prompt: Int32Array): void {
  check(op, 'prompt', 'none', prompt.length > 0, 'at least one token');
}

function checkSampling({ temperature = 1, topK = 1, topP = 1 }: SamplingOptions): void {
  check('generate', 'temperature', temperature, temperature >= 0, 'a number of at least 0');
  checkWhole('generate', 'topK', topK);
  check('generate', 'topP', topP, topP > 0 && topP <= 1, 'in (0, 1]');
}
