// SPDX-License-Identifier: Apache-2.0

/** Which tokens may be chosen, and how boldly. */
export interface SamplingOptions {
  /**
   * Scores are divided by it: below 1 the likely becomes likelier, above 1 everything more alike; 0
   * always takes the likeliest. At least 0. Default 1.
   */
  readonly temperature?: number;
  /** Only this many of the likeliest; at least 1. Default all. */
  readonly topK?: number;
  /**
   * Only the likeliest that together have this probability, the one that reaches it included, after
   * `temperature` and `topK`. In (0, 1]. Default 1.
   */
  readonly topP?: number;
  /** An id that is never chosen, whatever its score: that of unknown tokens, say. */
  readonly forbidden?: number | undefined;
}

/** An id and its unnormalised probability. */
interface Candidate {
  readonly id: number;
  readonly share: number;
}

/**
 * The id that `chance` falls on when the allowed ids share [0, 1) by softmax(scores / temperature), in
 * the order of their ids.
 *
 * @param scores one for each id: logits, or log-probabilities.
 * @param chance in [0, 1).
 * @see Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation", for top-k; Holtzman et al.
 *   2020, "The Curious Case of Neural Text Degeneration", for top-p (nucleus).
 */
export function chooseId(
  scores: ArrayLike<number>,
  options: SamplingOptions,
  chance: number,
): number {
  const { temperature = 1 } = options;
  const allowed = Array.from(scores, (score, id) =>
    id === options.forbidden ? Number.NEGATIVE_INFINITY : score,
  );
  const highest = allowed.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const likeliest = allowed.indexOf(highest);
  if (temperature === 0) return likeliest;
  const shares = allowed.map((score, id) => ({
    id,
    share: Math.exp((score - highest) / temperature),
  }));
  const candidates = restrict(shares, options);
  let rest = chance * total(candidates);
  for (const { id, share } of candidates) {
    rest -= share;
    if (rest < 0) return id;
  }
  return likeliest;
}

/** The candidates that `topK` and `topP` leave, in the order of their ids. */
function restrict(candidates: Candidate[], { topK, topP = 1 }: SamplingOptions): Candidate[] {
  if (topK === undefined && topP === 1) return candidates;
  const likeliestFirst = candidates.toSorted((a, b) => b.share - a.share || a.id - b.id);
  const few = likeliestFirst.slice(0, topK);
  const wanted = topP * total(few);
  let reached = 0;
  const nucleus = few.filter(({ share }) => {
    const isNeeded = reached < wanted;
    reached += share;
    return isNeeded;
  });
  return nucleus.sort((a, b) => a.id - b.id);
}

function total(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { share }) => sum + share, 0);
}
