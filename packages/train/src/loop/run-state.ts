// SPDX-License-Identifier: Apache-2.0
import type { RandomStreamState, Tensor } from '@tapeloop/core';

/** Numbers of a run beside its tensors; plain data that JSON keeps. */
export interface RunCounters {
  /** Steps made. Which batch comes next follows from it. */
  readonly step: number;
  /** The lowest validation loss so far; null before the first validation. */
  readonly bestLoss: number | null;
  /** Validations since the best one. */
  readonly sinceBest: number;
}

/** A run at rest: with it, and the same options, a run goes on as if it had never stopped. */
export interface RunState {
  /** `model/…`, `optimizer/…` and `carried/…`; they belong to the caller. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly counters: RunCounters;
  /** The numbers of `Optimizer.state()`. */
  readonly optimizer: Readonly<Record<string, number>>;
  /** Of each rank, where the random streams of its model stand, by their paths. */
  readonly random: readonly ReadonlyMap<string, RandomStreamState>[];
}

/** The entries under a prefix, by the rest of their names. */
export function withPrefix<T>(entries: ReadonlyMap<string, T>, prefix: string): Map<string, T> {
  const found = [...entries].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The entries with a prefix before their names. */
export function prefixed<T>(prefix: string, entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].map(([name, value]) => [prefix + name, value]);
}
