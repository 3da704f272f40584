// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  gather,
  logSoftmax,
  mapTensors,
  slice,
  type Tensor,
  type Tree,
  tensor,
  tidy,
  topK,
} from '@tapeloop/core';
import { check, checkWhole } from '../check.ts';
import { chunks } from '../data/shuffled.ts';
import { checkPrompt } from './generate.ts';
import type { RecurrentLanguageModel } from './language-model.ts';

/** Options of `beamSearch`. */
export interface BeamSearchOptions {
  /** The tokens to go on from; at least one. */
  readonly prompt: Int32Array<ArrayBuffer>;
  /** Number of tokens to make at most; at least 1. */
  readonly length: number;
  /** How many texts are followed side by side; at least 1. Default 4. */
  readonly beams?: number;
  /** A token that ends a text; it is not part of it. */
  readonly endId?: number | undefined;
  /** An id that is never chosen. */
  readonly forbidden?: number | undefined;
  /**
   * Above 0 long texts are preferred: log-probabilities are divided by ((5 + length) / 6)^penalty, the
   * end token counted. Default 0.
   */
  readonly lengthPenalty?: number;
}

/** A text that a search found. */
export interface Hypothesis {
  /** The tokens after the prompt. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** Log-probability of the tokens, the end token included where it came. */
  readonly logProbability: number;
  /** What hypotheses are ordered by: the log-probability, corrected for length. */
  readonly score: number;
}

/** A text on its way. */
interface Beam {
  readonly ids: readonly number[];
  readonly logProbability: number;
}

/** A beam and what may come next. */
interface Continuation extends Beam {
  /** The row of the state that it goes on from. */
  readonly row: number;
  readonly id: number;
}

/**
 * Looks for the likeliest texts: follows the `beams` best beginnings, one token at a time. With as
 * many beams as there are texts it finds the very best; with one it takes the likeliest token each
 * time.
 *
 * @returns at most `beams` texts, the best first.
 * @throws ValueError when the prompt is empty or an option is out of range.
 * @see Wu et al. 2016, "Google's Neural Machine Translation System", section 7, for the penalty.
 */
export function beamSearch<State extends Tree>(
  model: RecurrentLanguageModel<State>,
  options: BeamSearchOptions,
): Hypothesis[] {
  const { prompt, length, beams = 4, endId, lengthPenalty = 0 } = options;
  checkOptions(options);
  const scoreOf = (logProbability: number, tokens: number) =>
    logProbability / ((5 + tokens) / 6) ** lengthPenalty;
  const finished: Hypothesis[] = [];
  const finish = ({ ids, logProbability }: Beam, tokens: number) => {
    const score = scoreOf(logProbability, tokens);
    finished.push({ ids: Int32Array.from(ids), logProbability, score });
    finished.sort((a, b) => b.score - a.score);
  };
  // As far as the search looks at them: each beam may end, and one token may be forbidden.
  const most = 2 * beams + 1;
  let open: Beam[] = [{ ids: [], logProbability: 0 }];
  let reached = expand(model, [...prompt], undefined, most);
  try {
    for (let made = 1; made <= length; made++) {
      const likeliestFirst = continuations(open, reached.likeliest, options);
      const best = likeliestFirst.slice(0, beams);
      for (const each of best) if (each.id === endId) finish(each, made);
      const going = likeliestFirst.filter(({ id }) => id !== endId).slice(0, beams);
      open = going.map(({ ids, id, logProbability }) => ({ ids: [...ids, id], logProbability }));
      // A text that goes on gets no likelier: this is the best that it can come to.
      const hope = scoreOf(open[0]?.logProbability ?? Number.NEGATIVE_INFINITY, length);
      if (made === length || (finished[beams - 1]?.score ?? Number.NEGATIVE_INFINITY) >= hope)
        break;
      const ids = going.map(({ id }) => id);
      const rows = going.map(({ row }) => row);
      reached = expand(model, ids, { state: reached.state, rows }, most);
    }
  } finally {
    dispose(reached.state);
  }
  for (const beam of open) finish(beam, beam.ids.length);
  return finished.slice(0, beams);
}

/** A token that may come next. */
interface NextToken {
  readonly id: number;
  /** Of this token after those before. */
  readonly logProbability: number;
}

/** What the model expects after the beams' last tokens. */
interface Reached<State> {
  /** The likeliest tokens after each beam. */
  readonly likeliest: readonly (readonly NextToken[])[];
  readonly state: State;
}

/** Reads ids `[time, beams]`. Frees the state that it goes on from. */
function expand<State extends Tree>(
  model: RecurrentLanguageModel<State>,
  ids: readonly number[],
  before: { readonly state: State; readonly rows: readonly number[] } | undefined,
  most: number,
): Reached<State> {
  const result = tidy(() => {
    const beams = before?.rows.length ?? 1;
    const shape = [ids.length / beams, beams];
    const state = before === undefined ? undefined : pickRows(before.state, before.rows);
    const { logits, state: after } = model.call(tensor(ids, shape, 'int32'), { state });
    return { likeliest: likeliestAfter(logits, most), state: after };
  });
  dispose(before?.state);
  return result;
}

/** The likeliest tokens after the last step of each beam, of logits `[time, beams, vocabulary]`. */
function likeliestAfter(logits: Tensor, most: number): NextToken[][] {
  const [time = 0, , vocabulary = 0] = logits.shape;
  const each = Math.min(most, vocabulary);
  const { values, indices } = topK(logSoftmax(slice(logits, time - 1)), each);
  const logProbabilities = values.view();
  const tokens = Array.from(indices.view(), (id, i) => {
    return { id, logProbability: logProbabilities[i] ?? 0 };
  });
  return chunks(tokens, each);
}

/** A state whose row i is row `rows[i]` of another. */
function pickRows<State extends Tree>(state: State, rows: readonly number[]): State {
  const indices = tensor(rows, [rows.length], 'int32');
  return mapTensors(state, (part) => gather(part, indices));
}

/** Every beam with each of the likeliest tokens after it, the likeliest first. */
function continuations(
  open: readonly Beam[],
  likeliest: Reached<unknown>['likeliest'],
  { forbidden }: BeamSearchOptions,
): Continuation[] {
  const all = open.flatMap(({ ids, logProbability: before }, row) => {
    const next = (likeliest[row] ?? []).filter(({ id }) => id !== forbidden);
    return next.map(({ id, logProbability }) => {
      return { ids, row, id, logProbability: before + logProbability };
    });
  });
  return all.sort((a, b) => b.logProbability - a.logProbability || a.row - b.row || a.id - b.id);
}

function checkOptions({ prompt, length, beams = 4, lengthPenalty = 0 }: BeamSearchOptions): void {
  checkPrompt('beamSearch', prompt);
  checkWhole('beamSearch', 'length', length);
  checkWhole('beamSearch', 'beams', beams);
  check('beamSearch', 'lengthPenalty', lengthPenalty, lengthPenalty >= 0, 'at least 0');
}
