// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from './backend.ts';
import { tensor, zeros } from './create.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { SafetensorsError } from './safetensors-format.ts';
import { cosines, trackLeaks } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** A file from a header, as an object or as text, and data. */
function fileOf(header: object | string, data: readonly number[] = []): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + bytes.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(bytes.length), true);
  file.set(bytes, 8);
  file.set(data, 8 + bytes.length);
  return file;
}

function sample() {
  return {
    'rnn/cell0/kernel': cosines([3, 4]),
    mask: tensor([true, false, true]),
    scalar: tensor(2.5),
    empty: zeros([0, 7]),
    steps: tensor([[1, -2]], [1, 2], 'int32'),
  };
}

describe('a malformed file', () => {
  const entry = (begin: number, end: number, more = {}) => ({
    dtype: 'F32',
    shape: [(end - begin) / 4],
    data_offsets: [begin, end],
    ...more,
  });
  const eight = [0, 0, 0, 0, 0, 0, 0, 0];
  const cases: [string, Uint8Array, string][] = [
    [
      'shorter than its length prefix',
      new Uint8Array(7),
      'a file has at least 8 bytes, this one 7',
    ],
    [
      'with a length beyond the file',
      new Uint8Array([200, 0, 0, 0, 0, 0, 0, 0, 123]),
      'says that its header has 200 bytes',
    ],
    [
      'with a length of 2^64 - 1',
      new Uint8Array(16).fill(255),
      'says that its header has 18446744073709551615 bytes',
    ],
    ['with no header', new Uint8Array(8), 'its header does not start with {'],
    ['whose header starts with a space', fileOf(' {}'), 'its header does not start with {'],
    ['whose header is not JSON', fileOf('{"x":}'), 'its header is not JSON in UTF-8'],
    [
      'whose header is not UTF-8',
      fileOf('{}', []).map((byte, i) => (i === 9 ? 0xff : byte)),
      'its header is not JSON in UTF-8',
    ],
    [
      'that names a tensor twice',
      fileOf(
        `{"a":${JSON.stringify(entry(0, 4))},"\\u0061":${JSON.stringify(entry(4, 8))}}`,
        eight,
      ),
      'its header has the key "a" twice',
    ],
    [
      'with objects in objects without end',
      fileOf(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`),
      'its header has objects in objects, more than 8 deep',
    ],
    [
      'with a shape of lists in lists without end',
      fileOf(`{"x":{"dtype":"F32","shape":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`),
      'tensor "x" has shape [[[[…]]]], not a list of whole numbers',
    ],
    [
      'with a dtype that has no text of its own',
      fileOf('{"x":{"dtype":{"constructor":{"name":{"toString":1}}}}}'),
      'tensor "x" has dtype { constructor }',
    ],
    ['with text for a tensor', fileOf({ x: 'y' }), 'tensor "x" is not described by an object'],
    [
      'of an unknown dtype',
      fileOf({ x: entry(0, 8, { dtype: 'F8_E4M3' }) }, eight),
      'tensor "x" has dtype "F8_E4M3"',
    ],
    [
      'with a negative size',
      fileOf({ x: entry(0, 8, { shape: [-2] }) }, eight),
      'tensor "x" has shape [-2]',
    ],
    [
      'with a fractional size',
      fileOf({ x: entry(0, 8, { shape: [1.5] }) }, eight),
      'tensor "x" has shape [1.5]',
    ],
    [
      'without offsets',
      fileOf({ x: entry(0, 8, { data_offsets: undefined }) }, eight),
      'tensor "x" has data_offsets undefined',
    ],
    [
      'with three offsets',
      fileOf({ x: entry(0, 8, { data_offsets: [0, 8, 8] }) }, eight),
      'not a begin and an end',
    ],
    [
      'that ends before it begins',
      fileOf({ x: entry(0, 8, { data_offsets: [8, 0] }) }, eight),
      'not a begin and an end',
    ],
    [
      'whose size is not that of its shape',
      fileOf({ x: entry(0, 8, { shape: [3] }) }, eight),
      'tensor "x" needs 12 bytes for shape [3] of F32, but has 8',
    ],
    [
      'whose shape overflows',
      fileOf({ x: entry(0, 8, { shape: [2 ** 52, 2 ** 52] }) }, eight),
      'tensor "x" needs',
    ],
    [
      'with tensors that overlap',
      fileOf({ x: entry(0, 8), y: entry(4, 8) }, eight),
      'tensor "y" overlaps the one before it',
    ],
    [
      'with a hole',
      fileOf({ x: entry(0, 0), y: entry(4, 8) }, eight),
      'no tensor owns the 4 bytes before tensor "y"',
    ],
    [
      'with data that no tensor owns',
      fileOf({ x: entry(0, 4) }, eight),
      'no tensor owns its last 4 bytes',
    ],
    [
      'whose data ends early',
      fileOf({ x: entry(0, 12) }, eight),
      'its tensors need 12 bytes of data, but it ends after 8',
    ],
    [
      'with metadata that is not text',
      fileOf({ __metadata__: { a: 1 } }),
      'metadata "a" is not text',
    ],
    [
      'with metadata that is no object',
      fileOf({ __metadata__: 'a' }),
      'its __metadata__ is not an object',
    ],
    [
      'with a boolean of 2',
      fileOf({ x: { dtype: 'BOOL', shape: [2], data_offsets: [0, 2] } }, [1, 2]),
      'tensor "x": element 1 is 2',
    ],
    [
      'with an I64 that int32 cannot hold',
      fileOf({ x: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, [0, 0, 0, 128, 0, 0, 0, 0]),
      'tensor "x": element 0 is 2147483648, which int32 cannot hold',
    ],
  ];
  test.each(cases)('%s is an error that names the file and the reason', (_, bytes, reason) => {
    const decode = () => decodeSafetensors(bytes, { source: 'model.safetensors' });
    expect(decode).toThrow(SafetensorsError);
    expect(decode).toThrow(`decodeSafetensors: model.safetensors: `);
    expect(decode).toThrow(reason);
  });

  test('cut anywhere is an error', () => {
    const bytes = encodeSafetensors(sample(), { note: 'n' });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(SafetensorsError);
    }
  });

  test('with any bits flipped is read or a SafetensorsError, never anything else', () => {
    const bytes = encodeSafetensors(sample(), { note: 'n' });
    const flips = fc.array(fc.nat(bytes.length * 8 - 1), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(flips, (bits) => {
        const damaged = bytes.slice();
        for (const bit of bits) damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        try {
          const { tensors } = decodeSafetensors(damaged);
          let held = 0;
          for (const { data } of tensors.values()) held += data.byteLength;
          expect(held).toBeLessThanOrEqual(2 * bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});
