// SPDX-License-Identifier: Apache-2.0

/** A binary heap: `pop` gives the item that comes before all others. */
export class PriorityQueue<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[] = [];

  /** `before(a, b)` says whether `a` has to come out before `b`. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const parent = items[(at - 1) >> 1];
      if (parent === undefined || !this.#before(item, parent)) break;
      items[at] = parent;
      at = (at - 1) >> 1;
    }
    items[at] = item;
  }

  /** The first item, taken out; `undefined` when there is none. */
  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return first;
  }

  /** Puts an item at the top and lets it down to its place. */
  #sink(item: T): void {
    const items = this.#items;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      const right = items[child + 1];
      const left = items[child];
      if (left === undefined) break;
      const isRight = right !== undefined && this.#before(right, left);
      const first = isRight ? right : left;
      if (!this.#before(first, item)) break;
      items[at] = first;
      at = isRight ? child + 1 : child;
    }
    items[at] = item;
  }
}
