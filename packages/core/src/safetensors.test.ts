// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from './backend.ts';
import { tensor, zeros } from './create.ts';
import type { DType } from './dtype.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { cosines, sines, trackLeaks } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

function sample() {
  return {
    'rnn/cell0/kernel': cosines([3, 4]),
    bias: sines([5]),
    mask: tensor([true, false, true]),
    scalar: tensor(-0),
    empty: zeros([0, 7]),
    steps: tensor([[1, -2]], [1, 2], 'int32'),
    special: tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e-45]),
  };
}

interface Golden {
  readonly metadata: Record<string, string>;
  readonly tensors: Record<
    string,
    { dtype: DType; shape: number[]; values: (number | string | boolean)[] }
  >;
}

function golden(): { bytes: Buffer; expected: Golden } {
  const folder = new URL('../../../conformance/safetensors/', import.meta.url);
  const expected: Golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8'));
  return { bytes: readFileSync(new URL('golden.safetensors', folder)), expected };
}

describe('round trip', () => {
  test('gives back names, dtypes, shapes, every bit of the elements, and the metadata', () => {
    const tensors = sample();
    const metadata = { note: 'ünïcode "quoted"', empty: '' };
    const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
    expect(decoded.metadata).toEqual(metadata);
    expect([...decoded.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, original] of Object.entries(tensors)) {
      const { dtype, shape } = original;
      expect(decoded.tensors.get(name)).toEqual({ dtype, shape, data: original.data() });
    }
  });

  test('holds for any names, shapes and bits of float32', () => {
    const float32 = fc.float32Array({ minLength: 0, maxLength: 12 });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), float32), (arrays) => {
        const { ['__metadata__']: _, ...named } = arrays;
        const tensors = Object.entries(named).map(
          ([name, values]) => [name, tensor(new Float32Array(values))] as const,
        );
        try {
          const { tensors: back } = decodeSafetensors(encodeSafetensors(new Map(tensors)));
          expect(back.size).toBe(tensors.length);
          for (const [name, original] of tensors) {
            expect(new Uint32Array(back.get(name)?.data.buffer ?? new ArrayBuffer(0))).toEqual(
              new Uint32Array(original.data().buffer),
            );
          }
        } finally {
          for (const [, original] of tensors) original.dispose();
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('equal tensors give equal bytes whatever the order they come in', () => {
    const entries = Object.entries(sample());
    const forwards = encodeSafetensors(new Map(entries));
    const backwards = encodeSafetensors(new Map(entries.reverse()));
    expect(backwards).toEqual(forwards);
  });

  test('the data starts at a multiple of 8 whatever the length of the header', () => {
    for (let length = 0; length < 9; length++) {
      const bytes = encodeSafetensors({ x: cosines([2]) }, { pad: 'p'.repeat(length) });
      const header = new DataView(bytes.buffer).getBigUint64(0, true);
      expect(Number(header) % 8).toBe(0);
      expect(bytes.length).toBe(8 + Number(header) + 8);
    }
  });

  test('works on part of a larger buffer at an odd offset', () => {
    const bytes = encodeSafetensors(sample());
    const larger = Buffer.alloc(bytes.length + 9, 7);
    larger.set(bytes, 5);
    const { tensors } = decodeSafetensors(larger.subarray(5, 5 + bytes.length));
    expect(tensors.get('bias')?.data).toEqual(sines([5]).data());
    larger.fill(0);
    expect(tensors.get('bias')?.data).toEqual(sines([5]).data());
  });

  test('no tensors at all is a file too', () => {
    expect(decodeSafetensors(encodeSafetensors({}))).toEqual({ tensors: new Map(), metadata: {} });
  });
});

describe("a file made by the format's own library", () => {
  test('is read to the same numbers, F16, BF16, F64 and I64 included', () => {
    const { bytes, expected } = golden();
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(metadata).toEqual(expected.metadata);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected.tensors).sort());
    for (const [name, { dtype, shape, values }] of Object.entries(expected.tensors)) {
      const numbers = values.map((value) =>
        value === 'inf'
          ? Number.POSITIVE_INFINITY
          : value === '-inf'
            ? Number.NEGATIVE_INFINITY
            : Number(value),
      );
      const entry = tensors.get(name);
      expect(entry?.dtype).toBe(dtype);
      expect(entry?.shape).toEqual(shape);
      expect([...(entry?.data ?? [])]).toEqual(
        numbers.map((value) => (dtype === 'float32' ? Math.fround(value) : value)),
      );
    }
  });
});

describe('encodeSafetensors', () => {
  test('refuses the reserved name, metadata that is not text, and disposed tensors', () => {
    const x = cosines([2]);
    expect(() => encodeSafetensors({ __metadata__: x })).toThrow(
      "encodeSafetensors: name must be other than '__metadata__'",
    );
    const wrong: Record<string, string> = JSON.parse('{"step":7}');
    expect(() => encodeSafetensors({ x }, wrong)).toThrow(
      'encodeSafetensors: metadata step must be text, got 7.',
    );
    x.dispose();
    expect(() => encodeSafetensors({ x })).toThrow('was disposed');
  });
});
