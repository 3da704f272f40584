// SPDX-License-Identifier: Apache-2.0
import { init, memory, tensor } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Activation } from './activation.ts';
import { Dense } from './dense.ts';
import { Dropout } from './dropout.ts';
import { Embedding } from './embedding.ts';
import { LayerNorm } from './layer-norm.ts';
import { Sequential } from './sequential.ts';
import { type LayerContract, layerContract } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const normal = { kernelInitializer: 'heNormal', biasInitializer: 'normal' } as const;
const dense = ['kernel', 'bias'];

const contracts: Readonly<Record<string, LayerContract>> = {
  Dense: {
    create: () => new Dense(4, { ...normal, activation: 'tanh' }),
    inputs: () => cosines([3, 5]),
    outputShape: [3, 4],
    paths: dense,
  },
  'Dense over time, without a bias': {
    create: () => new Dense(2, { useBias: false }),
    inputs: () => cosines([2, 3, 4]),
    outputShape: [2, 3, 2],
    paths: ['kernel'],
  },
  Embedding: {
    create: () => new Embedding(5, 3),
    inputs: () => tensor([4, 0, 0, 2, 1, 4], [2, 3], 'int32'),
    outputShape: [2, 3, 3],
    paths: ['embeddings'],
  },
  Dropout: {
    create: () => new Dropout(0.5, { seed: 1 }),
    inputs: () => cosines([4, 9]),
    outputShape: [4, 9],
    paths: [],
    isRandom: true,
  },
  LayerNorm: {
    create: () => new LayerNorm({ gammaInitializer: 'normal', betaInitializer: 'normal' }),
    inputs: () => cosines([3, 6]),
    outputShape: [3, 6],
    paths: ['gamma', 'beta'],
  },
  Activation: {
    create: () => new Activation('sigmoid'),
    inputs: () => cosines([2, 5]),
    outputShape: [2, 5],
    paths: [],
  },
  Sequential: {
    create: () =>
      new Sequential([
        new Dense(4, normal),
        new Activation('tanh'),
        new Dropout(0.5),
        new Dense(2, { name: 'logits', ...normal }),
        new Dense(3, { name: 'logits', ...normal }),
      ]),
    inputs: () => cosines([3, 5]),
    outputShape: [3, 3],
    paths: ['dense', 'logits', 'logits_1'].flatMap((name) => dense.map((own) => `${name}/${own}`)),
    isRandom: true,
  },
};

describe.each(Object.entries(contracts))('%s', (_, contract) => {
  for (const { title, run } of layerContract(contract)) test(title, run);
});

test('building a model of layers leaves nothing but its parameters', () => {
  using model = new Sequential([new Embedding(5, 3), new Dense(4), new LayerNorm()]);
  const before = memory().tensors;
  model.build([2, 3], 'int32');
  expect(memory().tensors - before).toBe(model.parameters().length);
});
