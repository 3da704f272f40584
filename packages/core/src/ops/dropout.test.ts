// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  checkpoint,
  DTypeError,
  dropout,
  dropoutMask,
  GradientTape,
  init,
  memory,
  mul,
  ones,
  RandomStream,
  ShapeError,
  setSeed,
  sum,
  tensor,
  transpose,
  ValueError,
  zeros,
} from '../index.ts';
import { philoxBlock } from '../kernels/reference/philox.ts';
import { checkGrads } from '../testing/check-grads.ts';
import { closeTo } from '../testing/close-to.ts';
import { cosines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** u for the first elements of a draw of a stream, from the generator's definition. */
function uniforms(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const block = philoxBlock([seed, 0], [Math.floor(i / 4), 0, 0, 0]);
    return ((block[i % 4] ?? 0) % 2 ** 23) / 2 ** 23;
  });
}

describe('dropout', () => {
  test.each([0.1, 0.5, 0.9])(
    'rate %d keeps x / (1 - rate) where u >= rate, else gives 0',
    (rate) => {
      const x = cosines([5, 7], { offset: 2 });
      const y = dropout(x, rate, { stream: new RandomStream(3) });
      const scale = Math.fround(1 / (1 - rate));
      const data = x.data();
      const expected = uniforms(35, 3).map((u, i) =>
        u >= Math.fround(rate) ? (data[i] ?? 0) * scale : 0,
      );
      closeTo(y, expected, { relative: 1e-7, absolute: 0 });
      expect(y.shape).toEqual([5, 7]);
    },
  );

  test.each([0.05, 0.3, 0.75])('rate %d keeps its share of a million within 6 sigma', (rate) => {
    const n = 1_000_000;
    const y = dropout(ones([n]), rate, { stream: new RandomStream(11) });
    const kept = y.data().filter((value) => value !== 0).length;
    expect(Math.abs(kept - n * (1 - rate))).toBeLessThanOrEqual(
      6 * Math.sqrt(n * rate * (1 - rate)),
    );
  });

  test('works on a scalar and on nothing', () => {
    const y = dropout(tensor(3), 0.5, { stream: new RandomStream(0) });
    expect(y.shape).toEqual([]);
    expect([0, 6]).toContain(y.item());
    expect(dropout(zeros([0, 3]), 0.5).shape).toEqual([0, 3]);
  });

  test('makes a clean zero of a dropped NaN or infinity, with and without noiseShape', () => {
    const x = tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, 1, 1, 1], [6, 1]);
    for (const noiseShape of [[6, 1], [6]]) {
      const target = noiseShape.length === 1 ? zeros([2, 6]) : x;
      const source = noiseShape.length === 1 ? mul(ones([2, 1]), transpose(x)) : x;
      expect(source.shape).toEqual(target.shape);
      const y = dropout(source, 0.99, { noiseShape, stream: new RandomStream(5) });
      expect(uniforms(6, 5).some((u) => u >= 0.99)).toBe(false);
      expect(y.data()).toEqual(new Float32Array(target.size));
    }
  });

  test('draws a new mask at each call, the same for the same place in the stream', () => {
    const x = ones([100]);
    const stream = new RandomStream(1);
    const first = dropout(x, 0.5, { stream });
    const second = dropout(x, 0.5, { stream });
    expect(second.data()).not.toEqual(first.data());
    const again = new RandomStream(1);
    expect(dropout(x, 0.5, { stream: again }).data()).toEqual(first.data());
    expect(dropout(x, 0.5, { stream: again }).data()).toEqual(second.data());
  });

  test('uses the default stream, which setSeed starts again', () => {
    const x = ones([100]);
    setSeed(5);
    const first = dropout(x, 0.5);
    setSeed(5);
    expect(dropout(x, 0.5).data()).toEqual(first.data());
    expect(dropout(x, 0.5).data()).not.toEqual(first.data());
    setSeed(0);
  });

  test('rate 0 returns the input itself and draws nothing', () => {
    const stream = new RandomStream(1);
    const before = stream.state();
    const x = ones([3]);
    expect(dropout(x, 0, { stream })).toBe(x);
    expect(dropout(x, 0, { stream, noiseShape: [1] })).toBe(x);
    expect(stream.state()).toEqual(before);
  });

  test.each([-0.1, 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses rate %d', (rate) => {
    expect(() => dropout(ones([3]), rate)).toThrow(ValueError);
    expect(() => dropout(ones([3]), rate)).toThrow(
      `dropout: rate must be a number in [0, 1), got ${rate}.`,
    );
  });

  test('refuses integers', () => {
    expect(() => dropout(ones([3], 'int32'), 0.5)).toThrow(DTypeError);
  });

  test('has the same mask in its gradient, any number of times, and saves nothing', () => {
    const x = cosines([4, 5]);
    const fn = (y: typeof x) => dropout(y, 0.4, { stream: new RandomStream(9) });
    checkGrads(fn, [x], { order: 2 });
    checkGrads((y) => mul(fn(y), fn(y)), [x], { order: 2 });
    const tape = new GradientTape();
    tape.watch(x);
    const { bytes } = memory();
    tape.record(() => fn(x)).dispose();
    expect(memory().bytes).toBe(bytes);
    tape.dispose();
  });

  test('repeats its mask when checkpoint runs it again', () => {
    const x = ones([50]);
    const stream = new RandomStream(2);
    const tape = new GradientTape();
    tape.watch(x);
    const y = tape.record(() => checkpoint((t: typeof x) => dropout(t, 0.5, { stream }))(x));
    const [dx] = tape.gradient(y, [x]);
    expect(dx?.data()).toEqual(y.data());
  });
});

describe('noiseShape', () => {
  test.each<[(number | null)[], number[]]>([
    [
      [40, 1],
      [40, 1],
    ],
    [
      [null, 1],
      [40, 1],
    ],
    [
      [1, null],
      [1, 30],
    ],
    [
      [1, 30],
      [1, 30],
    ],
    [[30], [30]],
    [
      [1, 1],
      [1, 1],
    ],
    [[1], [1]],
    [[], []],
  ])('%j shares each decision along axes of size 1', (noiseShape, resolved) => {
    const x = cosines([40, 30], { offset: 2 });
    const y = dropout(x, 0.5, { noiseShape, stream: new RandomStream(4) });
    const [rows = 1, columns = 1] = [1, 1, ...resolved].slice(-2);
    const u = uniforms(rows * columns, 4);
    const data = x.data();
    const expected = data.map((value, i) => {
      const [row, column] = [Math.floor(i / 30) % rows, i % columns];
      return (u[row * columns + column] ?? 0) >= 0.5 ? 2 * value : 0;
    });
    expect(y.data()).toEqual(expected);
  });

  test('of the whole input is the same as none, also with null', () => {
    const x = cosines([4, 3]);
    const expected = dropout(x, 0.5, { stream: new RandomStream(4) }).data();
    for (const noiseShape of [
      [4, 3],
      [null, null],
      [4, null],
    ]) {
      const y = dropout(x, 0.5, { noiseShape, stream: new RandomStream(4) });
      expect(y.data()).toEqual(expected);
    }
  });

  test.each<[(number | null)[]]>([
    [[40, 40]],
    [[40, 30, 5]],
    [[43]],
    [[40]],
    [[-1, 30]],
    [[0, 30]],
    [[1.5, 1]],
    [[1, 40, 30]],
  ])('%j is refused for an input [40,30]', (noiseShape) => {
    const stream = new RandomStream(1);
    const x = ones([40, 30]);
    expect(() => dropout(x, 0.5, { noiseShape, stream })).toThrow(ShapeError);
    expect(() => dropout(x, 0.5, { noiseShape, stream })).toThrow(
      "that broadcast to the input's shape [40,30], got [",
    );
    expect(stream.state().counter).toEqual([0, 0, 0, 0]);
  });

  test('does not widen an axis of size 1', () => {
    expect(() => dropout(ones([2, 1]), 0.5, { noiseShape: [2, 3] })).toThrow(ShapeError);
  });

  test('has the shared mask in its gradient, and saves nothing', () => {
    const x = cosines([4, 5]);
    const options = { noiseShape: [4, 1] };
    const fn = (y: typeof x) => dropout(y, 0.4, { ...options, stream: new RandomStream(9) });
    checkGrads(fn, [x], { order: 2 });
    const tape = new GradientTape();
    tape.watch(x);
    const { bytes } = memory();
    tape.record(() => fn(x)).dispose();
    expect(memory().bytes).toBe(bytes);
    tape.dispose();
  });
});

describe('dropoutMask', () => {
  test('is what dropout multiplies ones by', () => {
    const mask = dropoutMask([3, 8], 0.25, { stream: new RandomStream(6) });
    const dropped = dropout(ones([3, 8]), 0.25, { stream: new RandomStream(6) });
    expect(mask.shape).toEqual([3, 8]);
    expect(mask.data()).toEqual(dropped.data());
    expect(sum(mask).item()).toBeGreaterThan(0);
  });

  test('of rate 0 is ones and draws nothing; other rates are checked', () => {
    const stream = new RandomStream(6);
    expect(dropoutMask([2], 0, { stream }).data()).toEqual(Float32Array.of(1, 1));
    expect(stream.state().counter).toEqual([0, 0, 0, 0]);
    expect(() => dropoutMask([2], 1)).toThrow(
      'dropoutMask: rate must be a number in [0, 1), got 1.',
    );
    expect(() => dropoutMask([-2], 0.5)).toThrow('dropoutMask: shape must be whole numbers');
  });
});
