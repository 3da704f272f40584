// SPDX-License-Identifier: Apache-2.0

/** A value that tells when it changes; listeners run once a frame at most. */
export class Store<T> {
  #value: T;
  #isScheduled = false;
  readonly #listeners: ((value: T) => void)[] = [];

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  update(change: (value: T) => T): void {
    this.#value = change(this.#value);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      for (const listener of this.#listeners) listener(this.#value);
    });
  }

  /** Calls `listener` with the value before the next frame after each change. */
  subscribe(listener: (value: T) => void): void {
    this.#listeners.push(listener);
  }
}
