// SPDX-License-Identifier: Apache-2.0

/** What a message between two ranks costs: `latency + bytes / bandwidth`. */
export interface Link {
  /** Seconds until a message of no bytes is there. */
  readonly latency: number;
  /** Bytes a second. */
  readonly bandwidth: number;
}

/**
 * Seconds in which `ranks` ranks add up arrays of so many bytes, by a reduce-scatter and an all-gather:
 *
 *     2 log₂(N) latency + 2 (N − 1)/N bytes / bandwidth
 *
 * A lone rank needs none. The time for the additions is part of the bandwidth.
 *
 * @param ranks N; the rounds are whole for powers of two.
 * @see Thakur, Rabenseifner and Gropp 2005, "Optimization of Collective Communication Operations in
 *   MPICH", section 4.5 (Rabenseifner's algorithm).
 */
export function allReduceTime(ranks: number, bytes: number, link: Link): number {
  const { rounds, share } = allReduceVolume(ranks);
  return rounds * link.latency + (share * bytes) / link.bandwidth;
}

/** What a rank does in an all-reduce: rounds of messages, and the share of the array that it sends. */
export function allReduceVolume(ranks: number): { rounds: number; share: number } {
  return { rounds: 2 * Math.log2(ranks), share: (2 * (ranks - 1)) / ranks };
}

/** The link of a message that goes through one and then through the other. */
export function inSeries(one: Link, other: Link): Link {
  return {
    latency: one.latency + other.latency,
    bandwidth: 1 / (1 / one.bandwidth + 1 / other.bandwidth),
  };
}
