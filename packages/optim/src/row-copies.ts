// SPDX-License-Identifier: Apache-2.0
import { gather, type Tensor } from '@tapeloop/core';
import { elementsOf } from './slots.ts';

/** Copies of some rows of tables, to be changed and put back. */
export class RowCopies {
  readonly #op: string;
  readonly #indices: Tensor;
  readonly #copies: { readonly table: Tensor; readonly rows: Tensor }[] = [];

  /** @param indices of the rows, each once. */
  constructor(op: string, indices: Tensor) {
    this.#op = op;
    this.#indices = indices;
  }

  /** A copy of the table's rows. */
  take(table: Tensor): Tensor {
    const rows = gather(table, this.#indices);
    this.#copies.push({ table, rows });
    return rows;
  }

  /** Writes every copy over the rows that it was taken of. */
  putBack(): void {
    for (const { table, rows } of this.#copies) this.#write(table, rows);
  }

  #write(table: Tensor, rows: Tensor): void {
    const [to, from] = [elementsOf(this.#op, table), elementsOf(this.#op, rows)];
    const width = from.length / this.#indices.size;
    this.#indices.view().forEach((row, i) => {
      to.set(from.subarray(i * width, (i + 1) * width), row * width);
    });
  }
}
