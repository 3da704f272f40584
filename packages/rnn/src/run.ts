// SPDX-License-Identifier: Apache-2.0
import { MaskStore } from './mask-store.ts';

/**
 * One pass of cells over a sequence. What must stay the same over its steps and be new in the next
 * pass, the masks of variational dropout, belongs to the run and is freed with it.
 */
class Run {
  readonly #masks = new Map<object, MaskStore>();

  /** The masks of one wrapper. */
  masksOf(owner: object): MaskStore {
    const held = this.#masks.get(owner) ?? new MaskStore();
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

/** The masks that a wrapper has in the run around the current call; outside any run, `ofOwn`. */
export function currentMasks(owner: object, ofOwn: MaskStore): MaskStore {
  return current?.masksOf(owner) ?? ofOwn;
}
