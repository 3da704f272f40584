// SPDX-License-Identifier: Apache-2.0
import { fingerprint } from '@tapeloop/train';
import { describe, expect, it } from 'vitest';
import { mobyDick } from './moby-dick.ts';

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

  it('is the same text as ever, by its fingerprint', async () => {
    expect(await fingerprint(mobyDick())).toBe(
      'ba355a71d3eb8ae25ecd8abd682bc347ac90ec3effbc715b04b46a31fa6378d4',
    );
  });
});
