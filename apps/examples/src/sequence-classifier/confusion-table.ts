// SPDX-License-Identifier: Apache-2.0

/** Letters of a label that head its column. */
const headingLetters = 3;

/** Counts how often texts of each label are taken for each. */
export class ConfusionTable {
  readonly labels: readonly string[];
  readonly #counts: readonly number[][];

  constructor(labels: readonly string[]) {
    this.labels = labels;
    this.#counts = labels.map(() => labels.map(() => 0));
  }

  /** Counts a text of label number `right` that was taken for label number `guess`. */
  add(right: number, guess: number): void {
    const row = this.#counts[right];
    if (row?.[guess] !== undefined) row[guess]++;
  }

  /** How many texts of label number `right` were taken for label number `guess`. */
  count(right: number, guess: number): number {
    return this.#counts[right]?.[guess] ?? 0;
  }

  /** Share of the texts that were taken for what they are; NaN without any. */
  get accuracy(): number {
    const right = this.labels.reduce((sum, _, i) => sum + this.count(i, i), 0);
    return right / this.#counts.flat().reduce((sum, count) => sum + count, 0);
  }

  /** A line for each label, a column for what its texts were taken for; nothing for 0. */
  toString(): string {
    const width = Math.max(...this.labels.map((label) => label.length));
    const cells = (row: readonly string[]) => row.map((cell) => cell.padStart(headingLetters + 1));
    const headings = this.labels.map((label) => label.slice(0, headingLetters));
    const rows = this.labels.map((label, i) => {
      const counts = this.#counts[i]?.map((count) => (count === 0 ? '·' : String(count))) ?? [];
      return label.padEnd(width) + cells(counts).join('');
    });
    return [' '.repeat(width) + cells(headings).join(''), ...rows].join('\n');
  }
}
