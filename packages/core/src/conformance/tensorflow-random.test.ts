// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dropout, init, normal, ones, RandomStream, uniform } from '../index.ts';
import { closeTo } from '../testing/close-to.ts';
import { trackLeaks } from '../testing/leaks.ts';

/** What `conformance/tensorflow/dropout_bits.py` keeps of TensorFlow, in eager mode on a CPU. */
interface Golden {
  readonly seeds: readonly (Seeds & { readonly pair: readonly [number, number] })[];
  readonly uniform: readonly (Draws & { readonly words: readonly (readonly number[])[] })[];
  readonly normal: readonly (Draws & { readonly values: readonly (readonly number[])[] })[];
  readonly masks: readonly MaskCase[];
}

interface Seeds {
  readonly graph_seed: number | null;
  readonly op_seed: number;
}

interface Draws extends Seeds {
  readonly shapes: readonly (readonly number[])[];
}

interface MaskCase extends Seeds {
  readonly rate: number;
  readonly shape: readonly number[];
  readonly noise_shape: readonly number[] | null;
  readonly scale: number;
  readonly calls: readonly string[];
}

const file = new URL('../../../../conformance/tensorflow/dropout-bits.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));
const streamOf = ({ graph_seed: graphSeed, op_seed: opSeed }: Seeds) =>
  RandomStream.fromTensorFlowSeeds({ graphSeed, opSeed });

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test.each(golden.seeds)('seeds ($graph_seed, $op_seed) reach the generator as $pair', (each) => {
  const [key, high] = each.pair;
  expect(streamOf(each).state()).toMatchObject({ key: [key, 0], counter: [0, 0, high, 0] });
});

describe.each(golden.uniform)('seeds ($graph_seed, $op_seed)', (each) => {
  test('give the bits of tf.random.uniform, call after call', () => {
    const stream = streamOf(each);
    const words = each.shapes.map((shape) =>
      [...uniform(shape, { stream }).data()].map((u) => u * 2 ** 23),
    );
    expect(words).toEqual(each.words);
  });

  test('go on in the same bits from a saved state', () => {
    const stream = streamOf(each);
    const [first = [], second = []] = each.shapes;
    uniform(first, { stream });
    const resumed = new RandomStream(JSON.parse(JSON.stringify(stream.state())));
    const words = [...uniform(second, { stream: resumed }).data()].map((u) => u * 2 ** 23);
    expect(words).toEqual(each.words[1]);
  });
});

test.each(golden.normal)(
  'seeds ($graph_seed, $op_seed) give tf.random.normal within 2e-6',
  (each) => {
    const stream = streamOf(each);
    each.shapes.forEach((shape, i) => {
      closeTo(normal(shape, { stream }), each.values[i] ?? [], { relative: 2e-6, absolute: 2e-6 });
    });
  },
);

test.each(golden.masks)(
  'seeds ($graph_seed, $op_seed) give the masks of tf.nn.dropout at rate $rate, call after call',
  (each) => {
    const stream = streamOf(each);
    const { shape, noise_shape: noiseShape, rate } = each;
    for (const mask of each.calls) {
      const y = dropout(ones(shape), rate, { stream, ...(noiseShape && { noiseShape }) });
      const values = [...y.data()];
      expect(values.map((value) => (value === 0 ? 0 : 1)).join('')).toBe(mask);
      expect(Math.max(...values)).toBe(each.scale);
    }
  },
);

test('the seed of a layer grows by one each call, and skips what stands for no seed', () => {
  const stream = RandomStream.fromTensorFlowSeeds({ graphSeed: 0, opSeed: -1 }, 'layer');
  const opSeeds = [1, 2, 3, 4].map(() => stream.draw(5).counter);
  const last = 2 ** 31 - 1;
  expect(opSeeds).toEqual([last - 1, last, 1, 2].map((opSeed) => [0, 0, opSeed, 0]));
});

test.each([
  [{ graphSeed: 0.5, opSeed: 1 }, 'graphSeed must be a safe integer, got 0.5'],
  [{ graphSeed: 1, opSeed: Number.NaN }, 'opSeed must be a safe integer, got NaN'],
])('%j is refused', (seeds, message) => {
  expect(() => RandomStream.fromTensorFlowSeeds(seeds)).toThrow(TypeError);
  expect(() => RandomStream.fromTensorFlowSeeds(seeds)).toThrow(message);
});
