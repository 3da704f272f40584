// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { stateOfTheUnion } from './state-of-the-union.ts';

const beginnings = (text: string) => text.split('\n\n').map((address) => address.slice(0, 40));

describe('stateOfTheUnion', () => {
  it('has all 233 addresses, each once, whole ones held out', () => {
    const { text, heldOut = '' } = stateOfTheUnion({ since: 0, heldOutEvery: 10 });
    expect(beginnings(heldOut).length).toBe(23);
    expect(beginnings(text).length).toBe(210);
    expect(text.slice(0, 60)).toBe('Fellow-Citizens of the Senate and House of Representatives: ');
  });

  it('begins with a year and holds out every so many', () => {
    const { name, text, heldOut = '' } = stateOfTheUnion({ since: 2016, heldOutEvery: 3 });
    expect(name).toBe('State of the Union since 2016');
    expect(beginnings(text).length).toBe(4);
    expect(beginnings(heldOut)).toEqual([
      expect.stringMatching(/^Mr\. Speaker, Mr\. Vice President, Member/),
      expect.stringMatching(/^Thank you\./),
    ]);
  });
});
