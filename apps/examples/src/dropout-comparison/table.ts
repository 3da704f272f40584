// SPDX-License-Identifier: Apache-2.0
import { perplexity } from '@tapeloop/train';
import { bestPoint, type CurvePoint, type LearningCurve, lastPoint } from './learning-curve.ts';

/**
 * The curves as Markdown: a line for each of some passes, with the losses on training and validation
 * text side by side, in nats a word.
 *
 * @param curves by name, all with the same passes.
 * @param every one in so many passes is shown; the first and the last always are.
 */
export function curveTable(curves: ReadonlyMap<string, LearningCurve>, every: number): string {
  const header = ['pass', ...curves.keys()];
  const [first = []] = curves.values();
  const shown = first.flatMap(({ pass }, i) => {
    return i === 0 || pass % every === 0 || i === first.length - 1 ? [i] : [];
  });
  const rows = shown.map((i) => [
    String(first[i]?.pass ?? ''),
    ...Array.from(curves.values(), (curve) => losses(curve[i])),
  ]);
  return markdownTable([header, ...rows]);
}

/** The best and the last point of each curve as Markdown. */
export function summaryTable(curves: ReadonlyMap<string, LearningCurve>): string {
  const header = [
    'dropout',
    'best validation',
    'after pass',
    'its perplexity',
    'final training',
    'final validation',
    'its perplexity',
  ];
  const rows = Array.from(curves, ([name, curve]) => {
    const [best, last] = [bestPoint(curve), lastPoint(curve)];
    return [
      name,
      nats(best.validation),
      String(best.pass),
      perplexityOf(best.validation),
      nats(last.training),
      nats(last.validation),
      perplexityOf(last.validation),
    ];
  });
  return markdownTable([header, ...rows]);
}

/** Rows of cells as Markdown, with columns of even width; the first row is the header. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [header = []] = rows;
  const widths = header.map((_, column) => {
    return Math.max(3, ...rows.map((row) => row[column]?.length ?? 0));
  });
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(header), rule, ...rows.slice(1).map(line)].join('\n');
}

function losses(point: CurvePoint | undefined): string {
  return point === undefined ? '' : `${nats(point.training)} / ${nats(point.validation)}`;
}

function nats(loss: number): string {
  return loss.toFixed(3);
}

function perplexityOf(loss: number): string {
  return perplexity(loss).toFixed(1);
}
