// SPDX-License-Identifier: Apache-2.0
import {
  fill,
  init,
  memory,
  type Shape,
  sum,
  type Tensor,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Activation } from './activation.ts';
import { Dense } from './dense.ts';
import { Dropout } from './dropout.ts';
import { Embedding } from './embedding.ts';
import { initializers } from './initializers/initializers.ts';
import { Layer } from './layer.ts';
import { fromConfig, registerModule, toConfig } from './registry.ts';
import { Sequential } from './sequential.ts';
import { TiedDense } from './tied-dense.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const pathsOf = (layer: Layer) => layer.namedParameters().map(([path]) => path);

/** A language model without the sequence: embedding, dropout, projection. */
class Model extends Layer {
  readonly embedding = new Embedding(7, 3);
  readonly dropouts = [new Dropout(0.5), new Dropout(0.25)];
  readonly logits: Layer;

  constructor(logits: (embedding: Embedding) => Layer) {
    super();
    this.logits = logits(this.embedding);
  }

  protected override forward(ids: Tensor): Tensor {
    const x = this.dropouts.reduce((y, layer) => layer.call(y), this.embedding.call(ids));
    return this.logits.call(x);
  }
}

const tied = () => new Model((embedding) => new TiedDense(embedding));
const untied = () => new Model(() => new Dense(7));

describe('parameters', () => {
  test('are named by the fields that hold layers, in order', () => {
    using model = untied();
    model.build([2, 4], 'int32');
    expect(pathsOf(model)).toEqual(['embedding/embeddings', 'logits/kernel', 'logits/bias']);
    expect(model.parameters().map(({ name }) => name)).toEqual(
      pathsOf(model).map((path) => `model/${path}`),
    );
    expect([...model.children().keys()]).toEqual(['embedding', 'dropouts0', 'dropouts1', 'logits']);
  });

  test('that are shared appear once, under the first path, and gather both gradients', () => {
    using model = tied();
    model.build([1, 2], 'int32');
    expect(pathsOf(model)).toEqual(['embedding/embeddings', 'logits/bias']);
    tidy(() => {
      // y = E Eᵀ summed over all ids: dL/dE has the lookups' part and the projection's.
      const table = model.embedding.parameter('embeddings');
      table.assign(cosines([7, 3]));
      const ids = fill([1, 2], 3, 'int32');
      const { gradients } = valueAndGrad(() => sum(model.call(ids)), model.parameters());
      const rows = cosines([7, 3]).toArray() as number[][];
      const columnSums = [0, 1, 2].map((j) =>
        rows.reduce((total, row) => total + (row[j] ?? 0), 0),
      );
      const expected = rows.map((_, i) =>
        columnSums.map((total, j) => 2 * (rows[3]?.[j] ?? 0) + (i === 3 ? 2 * total : 0)),
      );
      const got = gradients.get(table)?.toArray() as number[][];
      got.forEach((row, i) => {
        row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]?.[j] ?? Number.NaN, 4));
      });
    });
  });

  test('are asked for in vain before build, and one by one by name after', () => {
    using layer = new Dense(2);
    expect(() => layer.parameters()).toThrow('dense has no parameters yet');
    expect(() => layer.parameter('kernel')).toThrow('no parameter kernel; it has none');
    layer.build([null, 3]);
    expect(layer.parameter('kernel').shape).toEqual([3, 2]);
    expect(() => layer.parameter('weight')).toThrow('it has kernel, bias');
    layer.build([null, 5]);
    expect(layer.parameter('kernel').shape).toEqual([3, 2]);
  });

  test('that an initializer fails to make leave nothing behind', () => {
    const failing = (shape: Shape) => {
      const made = fill(shape, 1);
      throw new Error(`no value for ${made.size}`);
    };
    const layer = new Dense(2, { biasInitializer: failing });
    const before = memory().tensors;
    expect(() => layer.build([null, 3])).toThrow('no value for 2');
    expect(memory().tensors).toBe(before);
    expect(layer.isBuilt).toBe(false);
  });

  test('made outside a model differ from each other, though their paths are the same', () => {
    const [a, b] = [new Dense(3), new Dense(3)];
    for (const layer of [a, b]) layer.build([null, 3]);
    expect(a.parameter('kernel').value.data()).not.toEqual(b.parameter('kernel').value.data());
    a.dispose();
    b.dispose();
  });
});

describe('names', () => {
  test('are the class in snake case, unless given', () => {
    expect(new Dense(1).name).toBe('dense');
    expect(new TiedDense(new Embedding(2, 1)).name).toBe('tied_dense');
    expect(new Dense(1, { name: 'logits' }).name).toBe('logits');
  });

  test('in Sequential are made different; a layer used twice keeps one', () => {
    const twice = new Dense(3);
    using model = new Sequential([twice, new Dense(3), new Activation('relu'), twice]);
    model.build([1, 3]);
    expect(pathsOf(model)).toEqual([
      'dense/kernel',
      'dense/bias',
      'dense_1/kernel',
      'dense_1/bias',
    ]);
  });
});

describe('the state of random streams', () => {
  test('goes by path and brings a resumed model to the same masks', () => {
    const make = () => new Sequential([new Dropout(0.5), new Dropout(0.5, { seed: 1 })]);
    const x = () => fill([8, 8], 1);
    const model = make();
    const step = (of: Layer) => of.call(x(), { training: true }).data();
    step(model);
    const saved = JSON.stringify([...model.randomState()]);
    expect([...model.randomState().keys()]).toEqual(['dropout/mask', 'dropout_1/mask']);
    const expected = step(model);
    const resumed = make();
    resumed.loadRandomState(new Map(JSON.parse(saved)));
    expect(step(resumed)).toEqual(expected);
    const unknown = new Map([['other/mask', model.randomState().values().next().value]]);
    expect(() => resumed.loadRandomState(unknown as never)).toThrow('no random stream other/mask');
  });
});

describe('the registry', () => {
  test('refuses names that are taken or unknown', () => {
    expect(() => registerModule('Dense', () => new Dense(1))).toThrow('a name that no class');
    expect(() => fromConfig({ className: 'Nothing', config: {} })).toThrow('registerModule()');
  });

  test('rebuilds a class of the user', () => {
    class Scaled extends Layer {
      readonly factor: number;
      constructor({ factor }: { readonly factor: number }) {
        super();
        this.factor = factor;
      }
      override get className(): string {
        return 'test>Scaled';
      }
      override getConfig() {
        return { ...super.getConfig(), factor: this.factor };
      }
      protected override forward(inputs: Tensor): Tensor {
        return inputs.mul(this.factor);
      }
    }
    registerModule('test>Scaled', (config: { factor: number }) => new Scaled(config));
    const saved = toConfig(new Sequential([new Scaled({ factor: 3 })]));
    const restored = fromConfig(JSON.parse(JSON.stringify(saved))) as Sequential;
    expect(restored.call(fill([1, 2], 2)).data()).toEqual(Float32Array.of(6, 6));
    expect(() => new Sequential([1 as unknown as Layer])).toThrow('layers[0] must be a Layer');
  });

  test('says which functions no config can hold', () => {
    const activation = new Dense(1, { activation: (x) => x });
    expect(() => activation.getConfig()).toThrow('an activation that is a function of your own');
    const initializer = new Dense(1, { kernelInitializer: (shape) => fill(shape, 1) });
    expect(() => initializer.getConfig()).toThrow('an initializer that is a function of your own');
    const options = { kernelInitializer: initializers.uniform({ maximum: 1, seed: 3 }) };
    const [saved, again] = [toConfig(new Dense(1, options)), toConfig(new Dense(1, options))];
    expect(saved.config['kernelInitializer']).toEqual({
      name: 'uniform',
      options: { minimum: -0.05, maximum: 1, seed: 3 },
    });
    expect(toConfig(fromConfig(saved))).toEqual(again);
  });
});

test('bad arguments of constructors and calls say what was expected', () => {
  expect(() => new Dense(0)).toThrow('Dense: units must be a whole number of at least 1, got 0');
  expect(() => new Embedding(3, 1.5)).toThrow('outputDim must be');
  expect(() => new Dense(1, { activation: 'rleu' as 'relu' })).toThrow('activation must be one of');
  expect(() => new Dense(1, { kernelInitializer: 'xavier' as 'zeros' })).toThrow(
    'one of zeros, ones',
  );
  using dense = new Dense(2);
  dense.build([null, 3]);
  expect(() => dense.call(fill([2, 4], 1))).toThrow(
    '[..., 3] with at least two dimensions, got [2,4]',
  );
  expect(() => dense.call(fill([3], 1))).toThrow('got [3]');
  expect(() => new Dense(2).build([null, null])).toThrow('features known');
  using embedding = new Embedding(3, 2);
  expect(() => embedding.call(fill([1], 3, 'int32'))).toThrow('must be in [0, 3)');
  expect(() => embedding.call(fill([1], 1))).toThrow('int32');
});
