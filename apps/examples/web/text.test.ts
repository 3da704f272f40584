// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { count, decodeText, PageError, readTextFile } from './text.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const long = 'Ein Wal, ein Schiff. '.repeat(100);

describe('decodeText', () => {
  it('drops a byte order mark and makes Windows line ends plain', () => {
    const { name, text } = decodeText('wal.txt', utf8(`\uFEFFé\r\n${long}`));
    expect(name).toBe('wal.txt');
    expect(text).toBe(`é\n${long}`);
  });

  it.each([
    ['not UTF-8', Uint8Array.of(0xff, 0xfe, 0x41), /^wal.txt is not plain text in UTF-8\. /],
    ['empty', Uint8Array.of(), /^wal.txt is empty\. /],
    ['one character', utf8('W'), /^wal.txt has 1 character; at least 2,000 are needed/],
    ['a character too short', utf8(long.slice(0, 1999)), /^wal.txt has 1,999 characters; at least/],
  ])('says in one line what is wrong: %s', (_, bytes, message) => {
    const decode = () => decodeText('wal.txt', bytes);
    expect(decode).toThrow(PageError);
    expect(decode).toThrow(message);
    expect(decode).toThrow(/^[^\n]*$/);
  });

  it('takes the shortest text that is long enough', () => {
    expect(decodeText('wal.txt', utf8(long.slice(0, 2000))).text).toHaveLength(2000);
  });
});

describe('readTextFile', () => {
  it('refuses a file too large for a page, without reading it', async () => {
    const file = new File([], 'log.txt');
    Object.defineProperty(file, 'size', { value: 700 * 2 ** 20 });
    await expect(readTextFile(file)).rejects.toThrow(
      'log.txt has 700 MB; this page takes up to 8 MB.',
    );
  });

  it('says when a file cannot be read', async () => {
    const folder = new File(['x'], 'folder');
    folder.arrayBuffer = () => Promise.reject(new Error('it is a folder'));
    await expect(readTextFile(folder)).rejects.toThrow('folder could not be read.');
  });
});

it('count groups digits and knows one from many', () => {
  expect(count(1213006)).toBe('1,213,006');
  expect(count(1, 'step')).toBe('1 step');
  expect(count(2, 'step')).toBe('2 steps');
});
