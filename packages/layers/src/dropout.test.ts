// SPDX-License-Identifier: Apache-2.0
import { init, ones, ShapeError, scalar, setSeed, uniform, ValueError } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Dropout } from './dropout.ts';
import type { DropoutOptions } from './masked-dropout.ts';
import { toConfig } from './registry.ts';
import { claimSixSigma } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [ROWS, WIDTH] = [200, 200];
const train = (layer: Dropout) => [...layer.call(ones([ROWS, WIDTH]), { training: true }).data()];

test.each([0.1, 0.5, 0.9])(
  'rate %d drops its share within six sigma and keeps the scale',
  (rate) => {
    const values = train(new Dropout(rate, { seed: 3 }));
    const kept = values.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
    claimSixSigma(kept.length, ROWS * WIDTH, 1 - rate);
  },
);

describe('the input itself comes back, and nothing is drawn', () => {
  const layer = (rate: number) => new Dropout(rate, { seed: 3 });

  test.each([0, 0.5, 1])('in inference, at rate %d, of any dtype', (rate) => {
    for (const x of [ones([2, 3]), ones([2], 'int32'), scalar(true)]) {
      const dropout = layer(rate);
      expect(dropout.call(x)).toBe(x);
      expect(dropout.randomState().size).toBe(0);
    }
  });

  test('in training at rate 0', () => {
    const x = cosines([2, 3]);
    expect(layer(0).call(x, { training: true })).toBe(x);
    expect(layer(0).randomState().size).toBe(0);
  });
});

describe('the seed', () => {
  test('gives the same masks, a new one each call, whatever else draws', () => {
    const layers = [new Dropout(0.5, { seed: 0 }), new Dropout(0.5, { seed: 0 })] as const;
    const expected = [train(layers[0]), train(layers[0])];
    expect(expected[0]).not.toEqual(expected[1]);
    const first = train(layers[1]);
    uniform([3]);
    expect([first, train(layers[1])]).toEqual(expected);
    layers[1].resetRandom();
    expect(train(layers[1])).toEqual(first);
  });

  test('without one, layers differ, and setSeed brings each back', () => {
    const layers = [new Dropout(0.5), new Dropout(0.5, { seed: null })];
    setSeed(4);
    const [first, second] = layers.map(train);
    expect(first).not.toEqual(second);
    setSeed(4);
    expect(layers.map(train)).toEqual([first, second]);
  });

  test('is in the config as it was given, not the place in the stream', () => {
    const dropout = new Dropout(0.5, { seed: 0, noiseShape: [null, 1] });
    train(dropout);
    const config = { rate: 0.5, noiseShape: [null, 1], seed: 0 };
    expect(toConfig(dropout)).toEqual({ className: 'Dropout', config });
  });
});

describe('noiseShape', () => {
  const masked = (noiseShape: DropoutOptions['noiseShape'] & object, shape: readonly number[]) =>
    new Dropout(0.5, { seed: 1, noiseShape }).call(ones(shape), { training: true });

  // TensorFlow, python/ops/nn_test.py, testShapedDropoutShapeError.
  test.each([[[40, 40]], [[40, 30, 5]], [[43]], [[40]]])(
    '%j does not fit [40,30]',
    (noiseShape) => {
      expect(() => masked(noiseShape, [40, 30])).toThrow(ShapeError);
    },
  );

  test.each([[[30]], [[1, 30]], [[40, 1]], [[1, 1]], [[null, 1]]])(
    '%j fits [40,30]',
    (noiseShape) => {
      expect(masked(noiseShape, [40, 30]).shape).toEqual([40, 30]);
    },
  );

  test('shares a decision along an axis of size 1', () => {
    const rows = masked([null, 1, null], [20, 5, 10]).toArray() as number[][][];
    for (const row of rows) for (const step of row) expect(step).toEqual(row[0]);
    expect(new Set(rows.flat(2))).toEqual(new Set([0, 2]));
  });

  test('never widens the result', () => {
    expect(() => masked([4, 2, 3], [2, 3])).toThrow(ShapeError);
    expect(() => masked([2, 3], [2, 1])).toThrow(ShapeError);
  });

  test.each([[[-1, 3]], [[0, 3]], [[1.5]]])('%j is refused at construction', (noiseShape) => {
    expect(() => new Dropout(0.5, { noiseShape })).toThrow(ValueError);
  });
});

describe('bad arguments', () => {
  test.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])('rate %d', (rate) => {
    expect(() => new Dropout(rate)).toThrow(ValueError);
  });

  test.each([undefined, null, '0.5', [0.5]])('rate %j', (rate) => {
    expect(() => new Dropout(rate as unknown as number)).toThrow(TypeError);
  });

  test('a rate of 1 in training, integers in training, a seed that is not whole', () => {
    expect(() => train(new Dropout(1))).toThrow(ValueError);
    const call = () => new Dropout(0.5).call(ones([2], 'int32'), { training: true });
    expect(call).toThrow('float32');
    expect(() => new Dropout(0.5, { seed: 0.5 })).toThrow('seed must be a safe integer');
  });
});
