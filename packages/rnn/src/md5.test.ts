// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { type Component, componentSeed } from './component-seed.ts';
import { md5 } from './md5.ts';

// RFC 1321, appendix A.5 (56 and 64 bytes are the edges of a block), and one text of the seed rule.
test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
  [
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
    'd174ab98d277d9f5a5611c2c9f419d9f',
  ],
  ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
  ['10input_0', '696c31ef170593efcddfdca815a8f07f'],
])('md5(%j)', (text, digest) => {
  expect(md5(text)).toBe(digest);
});

describe('componentSeed', () => {
  const columns: readonly [Component, number][] = [
    ['input', 0],
    ['input', 1],
    ['state', 0],
    ['state', 1],
    ['state', 2],
    ['output', 0],
  ];
  // Python: int(hashlib.md5(f'{seed}{component}_{index}'.encode()).hexdigest()[:8], 16) & 0x7fffffff
  test.each([
    [0, [1124739560, 1979529384, 1567614484, 125774923, 728938751, 2013214891]],
    [1, [831683206, 1519134774, 706001649, 841632429, 173100194, 1582839741]],
    [10, [1768698351, 2114296216, 623517016, 619719539, 967338365, 1288189386]],
  ])('of seed %i', (seed, expected) => {
    expect(columns.map(([component, index]) => componentSeed(seed, component, index))).toEqual(
      expected,
    );
  });
});
