// SPDX-License-Identifier: Apache-2.0
import { arithmetic } from './backward-arithmetic.ts';
import { type Gradient, IndexedSlices } from './indexed-slices.ts';
import { isRecording } from './recording.ts';
import { dispose, keep, tidy } from './scope.ts';
import { Tensor } from './tensor.ts';
import { tensorsIn } from './tree.ts';

/**
 * A gradient on its way. The first contribution is borrowed, the second allocates a sum, and only
 * such a sum, which nobody else holds, is added to in place.
 */
interface Held {
  readonly gradient: Gradient;
  readonly isOwnSum: boolean;
}

/**
 * The gradients of a reverse pass, by the ids of their tensors. Slices stay slices until something
 * dense comes to them.
 */
export class GradientSums {
  readonly #held = new Map<number, Held>();

  /** The sum so far. */
  get(id: number): Gradient | undefined {
    return this.#held.get(id)?.gradient;
  }

  /** The sum so far as a tensor; `null` when nothing has come. */
  dense(id: number): Tensor | null {
    const gradient = this.get(id);
    if (gradient instanceof IndexedSlices) {
      const dense = arithmetic().toDense(gradient);
      dispose(gradient);
      this.#hold(id, dense, true);
      return dense;
    }
    return gradient ?? null;
  }

  /** Adds a contribution, whose tensors it takes over. */
  add(id: number, contribution: Gradient): void {
    const held = this.#held.get(id);
    if (held === undefined) {
      this.#hold(id, contribution, false);
      return;
    }
    const { gradient, isOwnSum } = held;
    const mayChange = isOwnSum && !isRecording();
    if (mayChange && gradient instanceof Tensor && contribution instanceof Tensor) {
      arithmetic().addInPlace(gradient, contribution);
    } else {
      this.#hold(id, sumOf(gradient, contribution), true);
      dispose(gradient);
    }
    dispose(contribution);
  }

  /** Frees one. */
  discard(id: number): void {
    dispose(this.get(id));
    this.#held.delete(id);
  }

  /** Frees all. */
  dispose(): void {
    for (const id of [...this.#held.keys()]) this.discard(id);
  }

  #hold(id: number, gradient: Gradient, isOwnSum: boolean): void {
    for (const tensor of tensorsIn(gradient)) keep(tensor);
    this.#held.set(id, { gradient, isOwnSum });
  }
}

function sumOf(a: Gradient, b: Gradient): Gradient {
  const { add, addSlices, toDense } = arithmetic();
  if (a instanceof Tensor && b instanceof Tensor) return add(a, b);
  if (a instanceof IndexedSlices && b instanceof IndexedSlices) return addSlices(a, b);
  return tidy(() => add(toDense(a), toDense(b)));
}
