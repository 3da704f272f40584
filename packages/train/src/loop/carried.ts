// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  keep,
  sameShape,
  showShape,
  type Tensor,
  type Tree,
  tensorsIn,
  ValueError,
} from '@tapeloop/core';

/**
 * What one batch hands on to the next, such as a recurrent state: tensors in any nesting, kept alive
 * from step to step. The tape that made them is gone, so no gradient flows back through them.
 */
export class CarriedState<T extends Tree> {
  #value: T | undefined;

  /** `undefined` where nothing was handed on. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Takes over a value, and frees the one before. */
  replace(value: T | undefined): void {
    if (value === this.#value) return;
    dispose(this.#value);
    for (const part of tensorsIn(value)) keep(part);
    this.#value = value;
  }

  /** Copies of its tensors, by their number. */
  copies(): Map<string, Tensor> {
    const parts = tensorsIn(this.#value);
    return new Map(parts.map((part, i) => [String(i), part.copy('state')]));
  }

  /**
   * Becomes what `copies` was made of.
   *
   * @param make makes a value of the same structure, whose numbers do not matter.
   * @throws ValueError when the copies do not fit what `make` makes; nothing is changed then.
   */
  restore(copies: ReadonlyMap<string, Tensor>, make: (() => T) | undefined): void {
    if (copies.size === 0) {
      this.replace(undefined);
      return;
    }
    const value = make?.();
    try {
      fill(tensorsIn(value), copies);
    } catch (error) {
      dispose(value);
      throw error;
    }
    this.replace(value);
  }
}

function fill(parts: readonly Tensor[], copies: ReadonlyMap<string, Tensor>): void {
  if (parts.length !== copies.size) {
    throw new ValueError(
      `restore: the carried state must have ${parts.length} tensors, got ${copies.size}.`,
    );
  }
  parts.forEach((part, i) => {
    const copy = copies.get(String(i));
    if (copy === undefined || !sameShape(copy.shape, part.shape)) {
      const got = copy === undefined ? 'none' : showShape(copy.shape);
      throw new ValueError(
        `restore: tensor ${i} of the carried state must be of shape ${showShape(part.shape)}, got ${got}.`,
      );
    }
    part.view().set(copy.view());
  });
}
