// SPDX-License-Identifier: Apache-2.0
import type { MaskStore } from './mask-store.ts';

/**
 * One pass of cells over a sequence. What must stay the same over its steps and be new in the next
 * pass, the masks of variational dropout, belongs to the run and is freed with it.
 */
export class Run {
  readonly #masks = new Map<object, MaskStore>();

  /** The masks of one wrapper; made by `create` at its first use in this run. */
  masksOf(owner: object, create: () => MaskStore): MaskStore {
    const held = this.#masks.get(owner) ?? create();
    this.#masks.set(owner, held);
    return held;
  }

  /** Frees all masks. */
  dispose(): void {
    for (const masks of this.#masks.values()) masks.dispose();
    this.#masks.clear();
  }
}

let current: Run | undefined;

/**
 * Runs `fn` as one run: cells stepped inside by hand keep one variational mask until it ends. `RNN`
 * opens a run of its own at every call.
 */
export function withRun<T>(fn: () => T): T {
  const outer = current;
  const run = new Run();
  current = run;
  try {
    return fn();
  } finally {
    current = outer;
    run.dispose();
  }
}

/** The run around the current call, `undefined` outside any. */
export function currentRun(): Run | undefined {
  return current;
}
