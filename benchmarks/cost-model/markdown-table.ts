// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../harness/table.ts';

/** A table in Markdown, its columns padded as the formatter wants them; all but text to the right. */
export function markdownTable(heads: Row, rows: readonly Row[]): string {
  const widths = heads.map((head, i) =>
    Math.max(3, head.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const isNumeric = heads.map((_, i) => rows.every((row) => /^[-\d.]/.test(row[i] ?? '')));
  const pad = (cell: string, i: number) => {
    const width = widths[i] ?? 0;
    return isNumeric[i] === true ? cell.padStart(width) : cell.padEnd(width);
  };
  const rule = widths.map((width, i) => {
    return isNumeric[i] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(heads.map(pad)), line(rule), ...rows.map((row) => line(row.map(pad)))].join('\n');
}
