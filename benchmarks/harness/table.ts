// SPDX-License-Identifier: Apache-2.0

/** A row of a table: cells in the order of the heads. */
export type Row = readonly string[];

/** A table in plain text: the first column to the left, the others to the right. */
export function table(heads: Row, rows: readonly Row[]): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  const format = (line: Row) =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return lines.map(format).join('\n');
}
