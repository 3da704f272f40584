// SPDX-License-Identifier: Apache-2.0
import type { Contestant } from './contestant.ts';
import { type Summary, summarize } from './statistics.ts';

/** How much to measure. */
export interface Effort {
  /** Turns that each contestant gets. */
  readonly rounds: number;
  /** Steps in a turn that count. */
  readonly steps: number;
  /**
   * About how long a turn may take. Contestants with slower steps make fewer in a turn, at least one.
   */
  readonly turnMilliseconds?: number;
  /** Steps of each contestant before the first round, which do not count. */
  readonly warmUp: number;
}

/** What was measured of one contestant. */
export interface Measurement {
  /** Milliseconds a step over all rounds. */
  readonly step: Summary;
  /** The median of each round, in order: pairs of rounds saw the same machine. */
  readonly rounds: readonly number[];
}

/**
 * Measures contestants in turns, A B C A B C …: machines drift from minute to minute, and only
 * neighbours in time can be compared. Every second round runs backwards, so that none always follows
 * the same one.
 */
export async function interleave<Workload>(
  contestants: readonly Contestant<Workload>[],
  { rounds, steps, warmUp, turnMilliseconds = Number.POSITIVE_INFINITY }: Effort,
): Promise<Measurement[]> {
  const times = contestants.map((): number[][] => []);
  const turns: number[] = [];
  for (const contestant of contestants) {
    const { milliseconds } = await contestant.ask({ do: 'time', steps: warmUp });
    const affordable = Math.floor(turnMilliseconds / Math.min(...milliseconds));
    turns.push(Math.max(1, Math.min(steps, affordable)));
  }
  for (let round = 0; round < rounds; round++) {
    const order = [...contestants.keys()];
    for (const i of round % 2 === 0 ? order : order.reverse()) {
      const answer = await contestants[i]?.ask({ do: 'time', steps: turns[i] ?? steps });
      if (answer !== undefined) times[i]?.push([...answer.milliseconds]);
    }
  }
  return times.map((measured) => ({
    step: summarize(measured.flat()),
    rounds: measured.map((turn) => summarize(turn).median),
  }));
}

/**
 * How many times faster `ours` is: the median over rounds of the ratio within each round, and its
 * ends.
 */
export function speedup(ours: Measurement, theirs: Measurement): Summary {
  return summarize(
    theirs.rounds.map((theirRound, i) => theirRound / (ours.rounds[i] ?? Number.NaN)),
  );
}
