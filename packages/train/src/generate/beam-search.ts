// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  dispose,
  gather,
  logSoftmax,
  mapTensors,
  type Tree,
  tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
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
  let open: Beam[] = [{ ids: [], logProbability: 0 }];
  let reached = expand(model, [...prompt], 1, undefined);
  try {
    for (let made = 1; made <= length; made++) {
      const likeliestFirst = continuations(open, reached.logProbabilities, options);
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
      reached = expand(model, ids, ids.length, { state: reached.state, rows });
    }
  } finally {
    dispose(reached.state);
  }
  for (const beam of open) finish(beam, beam.ids.length);
  return finished.slice(0, beams);
}

/** What the model expects after the beams' last tokens. */
interface Reached<State> {
  /** Log-probability of each token after each beam: a row for each. */
  readonly logProbabilities: readonly Float32Array[];
  readonly state: State;
}

/** Reads ids `[time, beams]`. Frees the state that it goes on from. */
function expand<State extends Tree>(
  model: RecurrentLanguageModel<State>,
  ids: readonly number[],
  beams: number,
  before: { readonly state: State; readonly rows: readonly number[] } | undefined,
): Reached<State> {
  const result = tidy(() => {
    const time = ids.length / beams;
    const state = before === undefined ? undefined : pickRows(before.state, before.rows);
    const { logits, state: after } = model.call(tensor(ids, [time, beams], 'int32'), { state });
    const size = logits.shape.at(-1) ?? 0;
    const all = logSoftmax(logits).data();
    const last = all.subarray(all.length - beams * size);
    const logProbabilities = Array.from({ length: beams }, (_, row) => {
      return Float32Array.from(last.subarray(row * size, (row + 1) * size));
    });
    return { logProbabilities, state: after };
  });
  dispose(before?.state);
  return result;
}

/** A state whose row i is row `rows[i]` of another. */
function pickRows<State extends Tree>(state: State, rows: readonly number[]): State {
  const indices = tensor(rows, [rows.length], 'int32');
  return mapTensors(state, (part) => gather(part, indices));
}

/** Every beam with every token after it, the likeliest first, as far as a search looks at them. */
function continuations(
  open: readonly Beam[],
  logProbabilities: readonly Float32Array[],
  { beams = 4, forbidden }: BeamSearchOptions,
): Continuation[] {
  const all = open.flatMap(({ ids, logProbability }, row) => {
    const next = Array.from(logProbabilities[row] ?? [], (each, id) => {
      return { ids, row, id, logProbability: logProbability + each };
    });
    return next.filter(({ id }) => id !== forbidden);
  });
  all.sort((a, b) => b.logProbability - a.logProbability || a.row - b.row || a.id - b.id);
  // Each beam may end, and so be passed over, once.
  return all.slice(0, beams + open.length);
}

function checkOptions({ prompt, length, beams = 4, lengthPenalty = 0 }: BeamSearchOptions): void {
  checkPrompt('beamSearch', prompt);
  for (const [argument, received] of Object.entries({ length, beams })) {
    if (Number.isSafeInteger(received) && received >= 1) continue;
    const expected = 'a whole number of at least 1';
    throw new ValueError(argumentMessage({ op: 'beamSearch', argument, expected, received }));
  }
  if (lengthPenalty >= 0) return;
  const parts = { argument: 'lengthPenalty', expected: 'at least 0', received: lengthPenalty };
  throw new ValueError(argumentMessage({ op: 'beamSearch', ...parts }));
}
