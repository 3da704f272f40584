// SPDX-License-Identifier: Apache-2.0
import {
  GradientTape,
  gather,
  init,
  normal,
  ones,
  RandomStream,
  ShapeError,
  sum,
  type Tensor,
  tensor,
  ValueError,
} from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlphaDropout, alphaDropoutMap } from './alpha-dropout.ts';
import { Dense } from './dense.ts';
import { Dropout } from './dropout.ts';
import type { DropoutLayer, DropoutLayerOptions } from './dropout-layer.ts';
import { Embedding } from './embedding.ts';
import { EmbeddingDropout } from './embedding-dropout.ts';
import { GaussianDropout } from './gaussian-dropout.ts';
import type { Rate } from './rate.ts';
import { toConfig } from './registry.ts';
import { SpatialDropout1D } from './spatial-dropout-1d.ts';
import { claimSixSigma, type LayerContract, layerContract } from './testing/index.ts';
import { V1Dropout } from './v1-dropout.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const contracts: Readonly<Record<string, LayerContract>> = {
  V1Dropout: {
    create: () => new V1Dropout({ seed: 1, noiseShape: [null, 9] }),
    inputs: () => cosines([4, 9]),
    outputShape: [4, 9],
    paths: [],
    isRandom: true,
  },
  SpatialDropout1D: {
    create: () => new SpatialDropout1D(0.5, { seed: 1 }),
    inputs: () => cosines([4, 2, 9]),
    outputShape: [4, 2, 9],
    paths: [],
    isRandom: true,
  },
  GaussianDropout: {
    create: () => new GaussianDropout(0.5, { seed: 1 }),
    inputs: () => cosines([4, 9]),
    outputShape: [4, 9],
    paths: [],
    isRandom: true,
  },
  AlphaDropout: {
    create: () => new AlphaDropout(0.5, { seed: 1, noiseShape: [null, 1] }),
    inputs: () => cosines([9, 4]),
    outputShape: [9, 4],
    paths: [],
    isRandom: true,
  },
  EmbeddingDropout: {
    create: () => new EmbeddingDropout(new Embedding(5, 3), 0.5, { seed: 1 }),
    inputs: () => tensor([4, 0, 0, 2, 1, 4], [2, 3], 'int32'),
    outputShape: [2, 3, 3],
    paths: ['embeddings'],
    isRandom: true,
  },
};

describe.each(Object.entries(contracts))('%s', (_, contract) => {
  for (const { title, run } of layerContract(contract)) test(title, run);
});

const layers: readonly [string, (rate: Rate, options?: DropoutLayerOptions) => DropoutLayer][] = [
  ['Dropout', (rate, options) => new Dropout(rate, options)],
  ['V1Dropout', (rate, options) => new V1Dropout({ rate, ...options })],
  ['SpatialDropout1D', (rate, options) => new SpatialDropout1D(rate, options)],
  ['GaussianDropout', (rate, options) => new GaussianDropout(rate, options)],
  ['AlphaDropout', (rate, options) => new AlphaDropout(rate, options)],
];
const train = (layer: DropoutLayer, x: Tensor) => layer.call(x, { training: true });

describe.each(layers)('%s', (_, make) => {
  const x = () => ones([8, 3, 5]);

  test('gives back its input, and draws nothing, in inference and at rate 0', () => {
    const input = x();
    for (const rate of [0, 0.5, 1]) expect(make(rate, { seed: 1 }).call(input)).toBe(input);
    const layer = make(0, { seed: 1 });
    expect(train(layer, input)).toBe(input);
    expect(layer.randomState().size).toBe(0);
  });

  test('asks a rate that is a function at every call, and checks it', () => {
    let rate = 0.5;
    const layer = make(() => rate, { seed: 1 });
    expect(train(layer, x()).data()).not.toEqual(x().data());
    rate = 0;
    expect(train(layer, x()).data()).toEqual(x().data());
    expect(layer.rate).toBe(0);
    rate = 2;
    expect(() => train(layer, x())).toThrow('the value of rate must be a number in [0, 1], got 2');
    expect(() => layer.getConfig()).toThrow('a config cannot hold a rate function');
  });

  test('refuses a rate of 1 in training, and a rate, seed or option that does not exist', () => {
    expect(() => train(make(1), x())).toThrow(ValueError);
    for (const rate of [-0.1, 1.1, Number.NaN]) expect(() => make(rate)).toThrow(ValueError);
    expect(() => make(tensor([0.1, 0.2]))).toThrow('rate must be one number, got [2]');
    expect(() => make(0.5, { seed: 0.5 })).toThrow('seed must be a safe integer');
    const unknown = { probability: 0.5 } as DropoutLayerOptions;
    expect(() => make(0.5, unknown)).toThrow(
      'options must be made of name, seed, trainable, dtype',
    );
    const dtype = 'float64' as 'float32';
    expect(() => make(0.5, { dtype })).toThrow('dtype must be \'float32\', got "float64"');
  });

  test('P1, P2, P5: a seed repeats all its masks, each call has a new one, layers differ', () => {
    const draw = (layer: DropoutLayer) => [...train(layer, x()).data()];
    const [first, second] = [make(0.5, { seed: 0 }), make(0.5, { seed: 0 })];
    const calls = [draw(first), draw(first)];
    expect(calls[0]).not.toEqual(calls[1]);
    expect([draw(second), draw(second)]).toEqual(calls);
    first.resetRandom();
    expect(draw(first)).toEqual(calls[0]);
    expect(draw(make(0.5))).not.toEqual(draw(make(0.5)));
  });

  test('keeps a pair of seeds in its config, and goes on from a saved place in their stream', () => {
    const seed = { graphSeed: 2, opSeed: 10 };
    const layer = make(0.5, { seed });
    expect(toConfig(layer).config).toMatchObject({ seed, rate: 0.5 });
    train(layer, x());
    const saved = JSON.stringify([...layer.randomState()]);
    const expected = train(layer, x()).data();
    const resumed = make(0.5, { seed });
    resumed.loadRandomState(new Map(JSON.parse(saved)));
    expect(train(resumed, x()).data()).toEqual(expected);
    resumed.resetRandom();
    expect(train(resumed, x()).data()).toEqual(train(make(0.5, { seed }), x()).data());
  });

  test('has the gradient of its own mask', () => {
    const input = x();
    using tape = new GradientTape();
    tape.watch(input);
    const y = tape.record(() => sum(train(make(0.5, { seed: 1 }), input)));
    const [gradient] = tape.gradient(y, [input]);
    const two = train(make(0.5, { seed: 1 }), input.mul(2)).data();
    const one = train(make(0.5, { seed: 1 }), input).data();
    closeTo(
      gradient ?? input,
      one.map((value, i) => (two[i] ?? 0) - value),
      { relative: 1e-6 },
    );
  });
});

test('SpatialDropout1D drops a feature of a row at all steps, and takes three dimensions', () => {
  const layer = new SpatialDropout1D(0.5, { seed: 1 });
  const rows = train(layer, ones([20, 6, 10])).toArray() as number[][][];
  for (const row of rows) for (const step of row) expect(step).toEqual(row[0]);
  expect(new Set(rows.map(([step]) => String(step))).size).toBeGreaterThan(15);
  expect(() => train(layer, ones([20, 6]))).toThrow(ShapeError);
});

test.each([0.1, 0.5, 0.8])(
  'GaussianDropout at rate %d has mean 1 and deviation √(p/(1−p)) within 6 sigma',
  (rate) => {
    const n = 100_000;
    const noise = [...train(new GaussianDropout(rate, { seed: 4 }), ones([n])).data()];
    const deviation = Math.sqrt(rate / (1 - rate));
    const mean = noise.reduce((total, each) => total + each, 0) / n;
    const squares = noise.reduce((total, each) => total + (each - mean) ** 2, 0);
    expect(Math.abs(mean - 1)).toBeLessThanOrEqual((6 * deviation) / Math.sqrt(n));
    expect(Math.abs(squares / n / deviation ** 2 - 1)).toBeLessThanOrEqual(6 * Math.sqrt(2 / n));
  },
);

test.each([0.1, 0.5, 0.8])(
  'AlphaDropout at rate %d keeps mean 0 and variance 1 within 6 sigma',
  (rate) => {
    const n = 100_000;
    const x = normal([n], { stream: new RandomStream(5) });
    const y = [...train(new AlphaDropout(rate, { seed: 4 }), x).data()];
    const mean = y.reduce((total, each) => total + each, 0) / n;
    const variance = y.reduce((total, each) => total + each ** 2, 0) / n;
    // The fourth moment: that of a normal a·x + b with probability 1 − p, and of the constant else.
    const { a, b } = alphaDropoutMap(rate);
    const low = b - a * 1.7580993408473766;
    const fourth = (1 - rate) * (3 * a ** 4 + 6 * a ** 2 * b ** 2 + b ** 4) + rate * low ** 4;
    expect(Math.abs(mean)).toBeLessThanOrEqual(6 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThanOrEqual(6 * Math.sqrt((fourth - 1) / n));
    const dropped = y.filter((each) => each === Math.fround(low)).length;
    claimSixSigma(dropped, n, rate);
  },
);

describe('EmbeddingDropout', () => {
  const ids = () => tensor([3, 0, 3, 1, 2, 3, 0, 0], [2, 4], 'int32');

  test('drops a word wherever it stands, and scales the others', () => {
    using layer = new EmbeddingDropout(new Embedding(200, 6), 0.5, { seed: 2 });
    const all = tensor(
      Int32Array.from({ length: 400 }, (_, i) => i % 200),
      [2, 200],
      'int32',
    );
    const bare = layer.call(all).data();
    const [first = [], second] = layer.call(all, { training: true }).toArray() as number[][][];
    expect(second).toEqual(first);
    const kept = first.filter((vector) => vector.some((value) => value !== 0));
    claimSixSigma(kept.length, 200, 0.5);
    first.forEach((vector, word) => {
      const factor = vector.some((value) => value !== 0) ? 2 : 0;
      const own = bare.slice(6 * word, 6 * word + 6);
      expect(vector).toEqual([...own].map((value) => factor * value));
    });
  });

  test('leaves the parameters to the embedding, and gives them the gradient of the kept words', () => {
    const embedding = new Embedding(4, 2);
    using layer = new EmbeddingDropout(embedding, 0.5, { seed: 2 });
    const y = () => layer.call(ids(), { training: true });
    expect(layer.call(ids()).data()).toEqual(embedding.call(ids()).data());
    expect(layer.namedParameters()).toEqual(embedding.namedParameters());
    using tape = new GradientTape();
    const { value } = embedding.parameter('embeddings');
    const [output, loss] = tape.record(() => {
      const result = y();
      return [result, sum(result)];
    });
    const [gradient] = tape.gradient(loss ?? value, [value]);
    const factors = output?.div(gather(value, ids())).toArray() as number[][][];
    const counts = [0, 0, 0, 0].map(() => 0);
    [3, 0, 3, 1, 2, 3, 0, 0].forEach((word, i) => {
      counts[word] = (counts[word] ?? 0) + (factors[Math.floor(i / 4)]?.[i % 4]?.[0] ?? 0);
    });
    closeTo(
      gradient ?? value,
      counts.flatMap((count) => [count, count]),
      { relative: 1e-6 },
    );
  });

  test('refuses what is no embedding, and a rate of 1 in training', () => {
    const wrong = new Dense(3) as unknown as Embedding;
    expect(() => new EmbeddingDropout(wrong, 0.5)).toThrow('embedding must be an Embedding');
    using layer = new EmbeddingDropout(new Embedding(4, 2), 1);
    expect(() => layer.call(ids(), { training: true })).toThrow(ValueError);
    expect(layer.call(ids()).shape).toEqual([2, 4, 2]);
  });

  test('hands on the mask of its embedding', () => {
    const layer = new EmbeddingDropout(new Embedding(4, 2, { maskZero: true }), 0.5);
    const mask = layer.computeMask(ids());
    expect([...(mask?.data() ?? [])]).toEqual([1, 0, 1, 1, 1, 1, 0, 0]);
  });
});
