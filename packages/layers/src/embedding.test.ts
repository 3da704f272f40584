// SPDX-License-Identifier: Apache-2.0
import { IndexedSlices, init, sum, tensor, tidy, toDense, valueAndGrad } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Embedding } from './embedding.ts';
import { EmbeddingDropout } from './embedding-dropout.ts';
import { toKerasConfig } from './keras-config.ts';
import type { Layer } from './layer.ts';
import { fromConfig, toConfig } from './registry.ts';
import { Sequential } from './sequential.ts';
import { TiedDense } from './tied-dense.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const sparseTable = () => new Embedding(6, 3, { sparseGradient: true });

/** The gradient of a model's first parameter, asked for as slices. */
function gradientOf(model: Layer) {
  const ids = tensor([4, 1, 1, 4, 0, 4], [2, 3], 'int32');
  model.call(ids);
  const [table] = model.parameters();
  if (table === undefined) throw new Error('no table');
  table.assign(cosines([6, 3]));
  const { gradients } = valueAndGrad(
    () => sum(model.call(ids, { training: true })),
    model.parameters(),
    { sparse: true },
  );
  return gradients.get(table);
}

describe('sparseGradient', () => {
  const models: [string, () => Layer, 'slices' | 'dense'][] = [
    ['Embedding', sparseTable, 'slices'],
    [
      'Embedding, maskZero',
      () => new Embedding(6, 3, { sparseGradient: true, maskZero: true }),
      'slices',
    ],
    ['EmbeddingDropout', () => new EmbeddingDropout(sparseTable(), 0.5, { seed: 1 }), 'slices'],
    ['Embedding without it', () => new Embedding(6, 3), 'dense'],
    [
      'Embedding that TiedDense shares',
      () => {
        const table = sparseTable();
        return new Sequential([table, new TiedDense(table, { useBias: false })]);
      },
      'dense',
    ],
  ];

  test.each(models)('the gradient of %s', (_, create, expected) => {
    using model = create();
    tidy(() => {
      const gradient = gradientOf(model);
      expect(gradient instanceof IndexedSlices ? 'slices' : 'dense').toBe(expected);
    });
  });

  test('counts how often each row was looked up', () => {
    using table = sparseTable();
    tidy(() => {
      const gradient = gradientOf(table);
      if (gradient === undefined) throw new Error('no gradient');
      const counts = [1, 2, 0, 0, 3, 0];
      expect([...toDense(gradient).data()]).toEqual(
        counts.flatMap((count) => [count, count, count]),
      );
    });
  });

  test('is kept in a config, and has no name in Keras', () => {
    using table = sparseTable();
    using copy = fromConfig(toConfig(table));
    expect(copy).toBeInstanceOf(Embedding);
    expect(copy.getConfig()).toEqual(table.getConfig());
    expect(table.getConfig()).toMatchObject({ sparseGradient: true });
    expect(toKerasConfig(table).config).not.toHaveProperty('sparse_gradient');
  });
});
