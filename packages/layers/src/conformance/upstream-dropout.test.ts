// SPDX-License-Identifier: Apache-2.0
// Tests of Keras and TensorFlow on dropout, by their meaning and under their names; docs/dropout-conformance.md has the
// whole list, with those that are elsewhere or do not apply.
import {
  dropout,
  init,
  ones,
  RandomStream,
  ShapeError,
  scalar,
  sum,
  type Tensor,
  ValueError,
  valueAndGrad,
} from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withTraining } from '../call-context.ts';
import { Dense } from '../dense.ts';
import { Dropout } from '../dropout.ts';
import { Layer } from '../layer.ts';
import { fromConfig, toConfig } from '../registry.ts';
import { Sequential } from '../sequential.ts';
import { claimSixSigma } from '../testing/index.ts';
import { V1Dropout, v1Dropout } from '../v1-dropout.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const training = { training: true } as const;
const smallest = (x: Tensor) => Math.min(...x.data());

describe('keras/legacy_tf_layers/core_test.py', () => {
  test('testDropoutProperties', () => {
    const layer = new V1Dropout({ rate: 0.5, name: 'dropout' });
    expect([layer.rate, layer.noiseShape, layer.name]).toEqual([0.5, undefined, 'dropout']);
    expect(layer.apply(ones([])).item()).toBe(1);
  });

  test('testBooleanLearningPhase', () => {
    const layer = new V1Dropout({ rate: 0.5, seed: 1 });
    expect(smallest(layer.apply(ones([5, 3]), training))).toBe(0);
    expect(layer.apply(ones([5, 3]), { training: false }).data()).toEqual(ones([5, 3]).data());
  });

  test('testDynamicLearningPhase', () => {
    const layer = new V1Dropout({ rate: 0.5, seed: 1 });
    for (const flag of [true, false, true]) {
      expect(smallest(layer.apply(ones([5, 5]), { training: flag }))).toBe(flag ? 0 : 1);
    }
  });

  test.each([
    ['testDynamicNoiseShape', [null, 1, null]],
    ['testCustomNoiseShape', [5, 1, 2]],
  ])('%s', (_, noiseShape) => {
    const layer = new V1Dropout({ rate: 0.5, noiseShape, seed: 1 });
    const y = layer.apply(ones([5, 3, 2]), training);
    expect(smallest(y)).toBe(0);
    for (const row of y.toArray() as number[][][]) expect(row).toEqual([row[0], row[0], row[0]]);
  });

  test('testFunctionalDropout', () => {
    expect(smallest(v1Dropout(ones([5, 5]), { rate: 0.5, seed: 1, training: true }))).toBe(0);
    expect(v1Dropout(ones([5, 5]), { rate: 0.5, seed: 1 }).data()).toEqual(ones([5, 5]).data());
  });

  test('the functional form has a new mask at each call with a seed, as eager TensorFlow', () => {
    const draw = () => [...v1Dropout(ones([50]), { seed: 11, training: true }).data()];
    expect(draw()).not.toEqual(draw());
  });

  test('testDynamicRate', () => {
    let rate = 0.5;
    const layer = new V1Dropout({ rate: () => rate, seed: 1 });
    expect(smallest(layer.apply(ones([5, 5]), training))).toBe(0);
    rate = 0;
    expect(layer.apply(ones([5, 5]), training).data()).toEqual(ones([5, 5]).data());
  });
});

describe('keras/layers/core_test.py, keras/layers/regularization/dropout_test.py', () => {
  test.each([undefined, [3, 1]])('test_dropout (noise shape %j)', (noiseShape) => {
    const make = () => new Dropout(0.5, { seed: 1, ...(noiseShape && { noiseShape }) });
    const layer = make();
    const x = cosines([3, 2]);
    expect(layer.computeOutputShape([3, 2])).toEqual([3, 2]);
    const y = layer.call(x);
    expect([y.shape, y.dtype, y.data()]).toEqual([[3, 2], 'float32', x.data()]);
    const config = toConfig(layer);
    expect(toConfig(fromConfig(JSON.parse(JSON.stringify(config))))).toEqual(config);
    using model = new Sequential([new Dense(2), make()]);
    model.call(x);
    const loss = () => sum(model.call(x, training));
    const { gradients } = valueAndGrad(loss, model.parameters());
    expect(gradients.size).toBe(2);
  });

  test('test_dropout_supports_masking', () => {
    expect(new Dropout(0.5).supportsMasking).toBe(true);
  });

  test('test_dropout_partial_noise_shape', () => {
    const layer = new Dropout(0.5, { noiseShape: [null, 1, null], seed: 1 });
    for (const row of layer.call(ones([20, 5, 10]), training).toArray() as number[][][]) {
      expect(row[1]).toEqual(row[0]);
    }
  });

  test('test_dropout_with_zero_rate', () => {
    const [layer, x] = [new Dropout(0, { seed: 1337 }), cosines([20, 5, 10])];
    expect(layer.call(x, training)).toBe(x);
    expect(layer.randomState().size).toBe(0);
  });

  test('test_dropout_with_saving', () => {
    const layer = new Dropout(0.5, { seed: 1337 });
    const x = ones([20, 5, 10]);
    expect([layer.parameters(), layer.stateDict().size]).toEqual([[], 0]);
    const [inference, dropped] = [layer.call(x).data(), layer.call(x, training).data()];
    expect(dropped).not.toEqual(inference);
    const loaded = fromConfig(toConfig(layer));
    expect(loaded).toBeInstanceOf(Dropout);
    if (!(loaded instanceof Dropout)) return;
    expect(loaded.call(x).data()).toEqual(inference);
    expect(loaded.call(x, training).data()).not.toEqual(inference);
  });
});

describe('keras/backend_test.py', () => {
  test('test_dropout: the kept share of 200 × 200 within six sigma, and a row of one value', () => {
    const x = ones([200, 200]);
    const y = dropout(x, 0.2, { stream: new RandomStream(1) });
    const kept = y.data().filter((value) => value !== 0).length;
    expect(smallest(y)).toBe(0);
    claimSixSigma(kept, 40_000, 0.8);
    const rows = dropout(x, 0.2, { stream: new RandomStream(1), noiseShape: [200, 1] });
    for (const row of rows.toArray() as number[][]) expect(new Set(row).size).toBe(1);
  });
});

describe('tensorflow/python/ops/nn_test.py, DropoutTest', () => {
  test.each([0.1, 0.5, 0.8])('testDropout, testDropoutPlaceholderKeepProb: keep %d', (keep) => {
    const layer = new Dropout(() => 1 - keep, { seed: 1 });
    const values = Array.from({ length: 10 }, () => [
      ...layer.call(ones([40, 30]), training).data(),
    ]).flat();
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / keep)]));
    const kept = values.filter((value) => value !== 0).length;
    claimSixSigma(kept, 40 * 30 * 10, keep);
  });

  test.each([[[1200, 1]], [[null, 1]]])(
    'testShapedDropout, testPartialShapedDropout: %j',
    (noiseShape) => {
      const y = new Dropout(0.5, { noiseShape, seed: 1 }).call(ones([1200, 3]), training);
      const rows = y.toArray() as number[][];
      for (const row of rows)
        expect([
          [0, 0, 0],
          [2, 2, 2],
        ]).toContainEqual(row);
      const kept = rows.filter(([first]) => first !== 0).length;
      claimSixSigma(kept, 1200, 0.5);
    },
  );

  test('testShapedDropoutCorrelation', () => {
    const layer = new Dropout(0.5, { noiseShape: [40, 1], seed: 1 });
    for (let i = 0; i < 10; i++) {
      for (const row of layer.call(ones([40, 30]), training).toArray() as number[][]) {
        expect(new Set(row).size).toBe(1);
      }
    }
  });

  test('testInvalidKeepProb, testInvalidRate', () => {
    for (const rate of [-1, 1.1]) expect(() => dropout(ones([40, 30]), rate)).toThrow(ValueError);
    expect(() => new Dropout(ones([2]))).toThrow(ValueError);
  });

  test('testShapedDropoutShapeError', () => {
    const call = (noiseShape: number[]) => () => dropout(ones([40, 30]), 0.5, { noiseShape });
    for (const wrong of [[40, 40], [40, 30, 5], [43], [40]]) {
      expect(call(wrong)).toThrow(ShapeError);
    }
    for (const right of [[30], [1, 30], [40, 1], [1, 1]]) expect(call(right)).not.toThrow();
  });

  test('testNoDropout, testLargeRate, testDropoutWithIntegerInputs', () => {
    const x = cosines([40, 30]);
    expect(dropout(x, 0)).toBe(x);
    expect(() => dropout(x, 0.9)).not.toThrow();
    expect(() => dropout(ones([2], 'int32'), 0.5)).toThrow(TypeError);
  });
});

describe('tfjs-core/src/ops/dropout_test.ts', () => {
  test('rate 0 is the identity; rate .75 keeps elements four times as large', () => {
    const x = cosines([2, 2]);
    expect(dropout(x, 0).data()).toEqual(x.data());
    const values = dropout(ones([30]), 0.75, { stream: new RandomStream(1) }).data();
    expect(new Set(values)).toEqual(new Set([0, 4]));
  });

  test.each([[[1]], [[2, 1]]])('noise shape %j', (noiseShape) => {
    const y = dropout(ones([2, 5]), 0.75, { noiseShape, stream: new RandomStream(2) });
    for (const row of y.toArray() as number[][]) expect(new Set(row).size).toBe(1);
  });

  test('refuses a rate of 1.5', () => {
    expect(() => dropout(ones([2]), 1.5)).toThrow(ValueError);
  });
});

describe('how a training flag is found', () => {
  /** Calls its layer without a flag, or with the one it was made with. */
  class Model extends Layer {
    readonly dropout: Dropout | V1Dropout;
    readonly inner: boolean | null | undefined;

    constructor(layer: Dropout | V1Dropout, inner?: boolean | null) {
      super();
      this.dropout = layer;
      this.inner = inner;
    }

    protected override forward(x: Tensor): Tensor {
      return this.dropout.call(x, { training: this.inner });
    }
  }

  test.each([
    ['Dropout', () => new Dropout(0.5, { seed: 1 })],
    ['V1Dropout', () => new V1Dropout({ seed: 1 })],
  ])('%s: its own, the enclosing call’s, the one around all, false', (_, make) => {
    const x = ones([30]);
    const drops = (fn: () => Tensor) => fn().data().includes(0);
    const model = (inner?: boolean | null) => new Model(make(), inner);
    expect(drops(() => model(true).call(x, { training: false }))).toBe(true);
    expect(drops(() => model(false).call(x, training))).toBe(false);
    for (const none of [undefined, null]) {
      expect(drops(() => model(none).call(x, training))).toBe(true);
      expect(drops(() => withTraining(true, () => model(none).call(x)))).toBe(true);
      expect(drops(() => withTraining(true, () => model(none).call(x, { training: 0 })))).toBe(
        false,
      );
      expect(drops(() => model(none).call(x))).toBe(false);
    }
    const wrong = [2, 'false', {}, scalar(1)];
    for (const flag of wrong) {
      expect(() => make().call(x, { training: flag as boolean })).toThrow(TypeError);
    }
  });
});
