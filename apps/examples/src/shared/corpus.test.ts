// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, mobyDick, readCorpus } from './corpus.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corpus-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('mobyDick', () => {
  it('is the whole book in order', () => {
    const { text } = mobyDick();
    expect(text.length).toBeGreaterThan(1_200_000);
    const marks = [
      'ETYMOLOGY.',
      'Call me Ishmael.',
      'the great shroud of the sea',
      'another orphan.\n',
    ];
    const places = marks.map((mark) => text.indexOf(mark));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text.endsWith('another orphan.\n')).toBe(true);
  });

  it('is the same text as ever, by its fingerprint', () => {
    expect(fingerprint(mobyDick())).toBe(
      'ba355a71d3eb8ae25ecd8abd682bc347ac90ec3effbc715b04b46a31fa6378d4',
    );
  });
});

describe('readCorpus', () => {
  const write = (bytes: string | Uint8Array) => {
    const path = join(folder, 'text.txt');
    writeFileSync(path, bytes);
    return path;
  };

  it('drops a byte order mark and makes Windows line ends plain', () => {
    expect(readCorpus(write('\uFEFFein\r\nWal\n')).text).toBe('ein\nWal\n');
  });

  it('says in one line that a file is missing, a folder, empty, or not UTF-8', () => {
    const oneLine = (path: string) => {
      expect(() => readCorpus(path)).toThrow(/^--data: [^\n]+$/);
      expect(() => readCorpus(path)).toThrow(path);
    };
    oneLine(join(folder, 'nothing-here'));
    oneLine(folder);
    oneLine(write(''));
    oneLine(write(Uint8Array.of(0x57, 0xe4, 0x6c, 0x65)));
  });
});
