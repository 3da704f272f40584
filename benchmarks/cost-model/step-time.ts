// SPDX-License-Identifier: Apache-2.0
import { allReduceTime, type Link } from './all-reduce-time.ts';

/** Seconds of a training step on one rank: `fixed + perRow * rows`. */
export interface Compute {
  /** Whatever the batch: the optimizer, above all. */
  readonly fixed: number;
  readonly perRow: number;
}

/** What each rank does in a step. */
export interface Job {
  readonly compute: Compute;
  /** Batch of each rank. */
  readonly rows: number;
  /** Bytes of all gradients. */
  readonly bytes: number;
  /**
   * Portions, of equal size, in which the gradients are sent: evenly spread over backward, the last at
   * its end.
   */
  readonly portions: number;
}

/**
 * The part of a step in which backward runs: it has two matrix products for each one of forward. An
 * assumption; the optimizer's part is neglected.
 */
export const backwardShare = 2 / 3;

/** Seconds of a step without other ranks. */
export function computeTime({ compute, rows }: Pick<Job, 'compute' | 'rows'>): number {
  return compute.fixed + compute.perRow * rows;
}

/**
 * Seconds of an all-reduce of all gradients that are left when backward has ended.
 *
 * A portion is sent as soon as it is there and the one before it has arrived. When an all-reduce takes
 * less time than the next portion, only the last portion's is left; else they queue from the first on:
 *
 *     max(r, P r − (P − 1)/P backward)   P portions, r seconds for each
 *
 * @see Li et al. 2020, "PyTorch Distributed: Experiences on Accelerating Data Parallel Training",
 *   section 3.2.3.
 */
export function exposedTime(ranks: number, job: Job, link: Link): number {
  const { bytes, portions } = job;
  const each = allReduceTime(ranks, bytes / portions, link);
  const backward = backwardShare * computeTime(job);
  return Math.max(each, portions * each - ((portions - 1) / portions) * backward);
}

/** Seconds of a step of `ranks` ranks, each with a batch of its own. */
export function stepTime(ranks: number, job: Job, link: Link): number {
  return computeTime(job) + exposedTime(ranks, job, link);
}

/** The part of the steps in which all ranks compute: 1 for one rank. */
export function efficiency(ranks: number, job: Job, link: Link): number {
  return computeTime(job) / stepTime(ranks, job, link);
}

/** How much more text `ranks` ranks read in a second than one does. */
export function speedUp(ranks: number, job: Job, link: Link): number {
  return ranks * efficiency(ranks, job, link);
}
