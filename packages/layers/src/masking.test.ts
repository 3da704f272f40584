// SPDX-License-Identifier: Apache-2.0
import { init, type Tensor, tensor } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallContext } from './call-context.ts';
import { Dense } from './dense.ts';
import { Dropout } from './dropout.ts';
import { Embedding } from './embedding.ts';
import { Layer } from './layer.ts';
import { Masking } from './masking.ts';
import { Sequential } from './sequential.ts';
import { layerContract } from './testing/index.ts';
import { TimeDistributed } from './time-distributed.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('Masking', () => {
  const inputs = () => cosines([3, 4, 2]);
  const create = () => new Masking({ maskValue: 0.5 });
  for (const { title, run } of layerContract({
    create,
    inputs,
    outputShape: [3, 4, 2],
    paths: [],
  })) {
    test(title, run);
  }

  test('leaves out the steps whose features all have the value, and zeros them', () => {
    const layer = new Masking({ maskValue: -1 });
    const x = tensor([1, 2, -1, -1, -1, 3, Number.NaN, -1], [2, 2, 2]);
    expect(layer.computeMask(x).toArray()).toEqual([
      [true, false],
      [true, true],
    ]);
    expect([...layer.call(x).data()]).toEqual([1, 2, -0, -0, -1, 3, Number.NaN, -1]);
  });

  test('refuses a value that is not a finite number', () => {
    expect(() => new Masking({ maskValue: Number.NaN })).toThrow('maskValue must be a finite');
  });
});

/** Shows the mask it is called with. */
class MaskSpy extends Layer {
  readonly seen: unknown[] = [];
  protected override forward(inputs: Tensor, _: boolean, context: CallContext | undefined): Tensor {
    this.seen.push(context?.mask?.toArray());
    return inputs;
  }
}

describe('a mask', () => {
  test('made by Masking or an embedding reaches the layers after it in a Sequential', () => {
    const [before, after] = [new MaskSpy(), new MaskSpy()];
    using masked = new Sequential([before, new Masking(), new Dropout(0.5), after]);
    masked.call(tensor([0, 0, 0, 3], [1, 2, 2]));
    expect([before.seen, after.seen]).toEqual([[undefined], [[[false, true]]]]);
    const spy = new MaskSpy();
    using model = new Sequential([new Embedding(3, 2, { maskZero: true }), spy]);
    model.call(tensor([2, 0, 1], [1, 3], 'int32'));
    expect(spy.seen).toEqual([[[true, false, true]]]);
  });

  test('given to a Sequential reaches its layers', () => {
    const spy = new MaskSpy();
    const mask = tensor([1, 0], [1, 2], 'bool');
    new Sequential([new Dropout(0.5), spy]).call(cosines([1, 2, 3]), { mask });
    expect(spy.seen).toEqual([[[true, false]]]);
  });
});

describe('TimeDistributed', () => {
  const contract = {
    create: () => new TimeDistributed(new Dense(2, { biasInitializer: 'normal' })),
    inputs: () => cosines([3, 4, 5]),
    outputShape: [3, 4, 2],
    paths: ['layer/kernel', 'layer/bias'],
  };
  for (const { title, run } of layerContract(contract)) test(title, run);

  test('refuses what is no layer, inputs without a time, and a layer that joins rows', () => {
    expect(() => new TimeDistributed({} as Layer)).toThrow('layer must be a Layer');
    expect(() => new TimeDistributed(new Dropout(0.5)).call(cosines([3]))).toThrow('[batch, time');
    class Joins extends Layer {
      protected override forward(inputs: Tensor): Tensor {
        return inputs.sum({ axis: 0 });
      }
    }
    expect(() => new TimeDistributed(new Joins()).call(cosines([2, 3, 4]))).toThrow('6 rows');
  });
});
