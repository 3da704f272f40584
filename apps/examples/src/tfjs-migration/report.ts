// SPDX-License-Identifier: Apache-2.0
import { largestDifference, median, type Result } from './compare.ts';

/** How contestants did, measured by the first of them. */
export interface Standing {
  readonly name: string;
  /** Of the step in the middle, when steps are sorted by their time. */
  readonly milliseconds: number;
  /** How many times as fast as the first. */
  readonly speed: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** The largest difference of a loss from the first's, as a share of it. */
  readonly difference: number;
}

/** The standings of contestants that have all made a step. */
export function standings(results: readonly Result[]): Standing[] {
  const [first] = results;
  if (first === undefined) return [];
  return results.map(({ name, milliseconds, losses }) => ({
    name,
    milliseconds: median(milliseconds),
    speed: median(first.milliseconds) / median(milliseconds),
    firstLoss: losses[0] ?? Number.NaN,
    lastLoss: losses.at(-1) ?? Number.NaN,
    difference: largestDifference(first.losses, losses),
  }));
}

/** Standings as a table, a line for each. */
export function standingsTable(rows: readonly Standing[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    name.padEnd(width) + cells.map((cell) => cell.padStart(12)).join('');
  return [
    line('', ['ms a step', 'speed', 'first loss', 'last loss', 'difference']),
    ...rows.map(({ name, milliseconds, speed, firstLoss, lastLoss, difference }) =>
      line(name, [
        milliseconds.toFixed(1),
        times(speed),
        firstLoss.toFixed(4),
        lastLoss.toFixed(4),
        difference.toExponential(1),
      ]),
    ),
  ].join('\n');
}

/** What a comparison comes to: the speeds of all but the first, and how far losses differ. */
export function describeStandings(speeds: readonly number[], difference: number): string {
  return `${speeds.map(times).join(', ')} as fast, losses equal to ${difference.toExponential(0)}`;
}

function times(speed: number): string {
  return `${speed.toFixed(1)} ×`;
}
