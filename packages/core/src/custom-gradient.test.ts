// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { detectAnomaly } from './anomaly.ts';
import { init } from './backend.ts';
import { checkpoint } from './checkpoint.ts';
import { scalar, tensor } from './create.ts';
import { customGradient, lift } from './custom-gradient.ts';
import { grad, valueAndGrad } from './grad.ts';
import { add, div, mul } from './ops/arithmetic.ts';
import { sum } from './ops/reduce.ts';
import { square } from './ops/unary.ts';
import './ops/backward-arithmetic.ts';
import { withPath } from './ledger.ts';
import { Parameter } from './parameter.ts';
import { memory, tidy } from './scope.ts';
import type { Tensor } from './tensor.ts';
import { checkGrads } from './testing/check-grads.ts';
import { trackLeaks } from './testing/leaks.ts';
import { fromTfjs, toTfjs } from './tfjs/bridge.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('customGradient: backward calls the given gradient, with what was saved', () => {
  const tripled = customGradient(([x]: readonly [Tensor], save) => {
    save(x);
    return { value: mul(x, x), gradient: (dy, [saved]) => [mul(dy, mul(saved ?? dy, 3))] };
  });
  const x = tensor([1, 2]);
  expect(grad((y) => sum(tripled(y)))(x).toArray()).toEqual([3, 6]);
});

test('customGradient: a value that is the input itself keeps its own gradient', () => {
  const reversed = customGradient(([x]: readonly [Tensor]) => ({
    value: x,
    gradient: (dy) => [mul(dy, -1)],
  }));
  // x + reversed(x): the plain path gives 1, the reversed one -1.
  expect(grad((x) => add(mul(x, 3), reversed(x)))(scalar(1)).item()).toBe(2);
});

test('customGradient: a second derivative goes through the gradient that was written with ops', () => {
  const cube = customGradient(([x]: readonly [Tensor], save) => {
    save(x);
    return { value: mul(x, square(x)), gradient: (dy, [v]) => [mul(dy, mul(square(v ?? dy), 3))] };
  });
  checkGrads((x) => cube(x), [tensor([0.5, -1.5])], { order: 2 });
});

test('customGradient: the number of gradients must be that of the inputs', () => {
  const wrong = customGradient(
    ([a, b]: readonly [Tensor, Tensor]) => ({ value: add(a, b), gradient: (dy) => [dy] }),
    'wrong',
  );
  const run = () => grad((x) => wrong(x, x))(scalar(1));
  expect(run).toThrow('wrong must give one gradient for each of its 2 inputs, got 1');
});

test('lift makes a function on tfjs ops a recorded op', () => {
  const viaTfjs = (fn: (x: tf.Tensor) => tf.Tensor, x: Tensor) =>
    fromTfjsAndFree(tf.tidy(() => fn(toTfjs(x))));
  const fromTfjsAndFree = (t: tf.Tensor) => {
    const ours = fromTfjs(t);
    t.dispose();
    return ours;
  };
  const atan = lift(
    'atan',
    (x: Tensor) => viaTfjs((t) => tf.atan(t), x),
    (dy, [x]) => [div(dy, add(square(x), 1))],
  );
  const before = tf.memory().numTensors;
  checkGrads((x) => atan(x), [tensor([0.5, -1, 2])], { order: 2 });
  expect(tf.memory().numTensors).toBe(before);
});

test('checkpoint: same value and gradients, also of captured parameters, with less kept', () => {
  const w = new Parameter('w', tensor([2, 3, 4]));
  const block = (x: Tensor) => {
    let y = x;
    for (let i = 0; i < 8; i++) y = mul(mul(y, w.value), 0.5);
    return y;
  };
  const kept = (model: (x: Tensor) => Tensor) => {
    let bytes = 0;
    const x = tensor([1, -1, 0.5]);
    const { value, gradients } = valueAndGrad(() => {
      const before = memory().bytes;
      const y = tidy(() => model(x));
      bytes = memory().bytes - before;
      return sum(square(y));
    }, [w]);
    return { bytes, loss: value.item(), gradient: [...(gradients.get(w)?.data() ?? [])] };
  };
  const plain = kept(block);
  const light = kept(checkpoint(block));
  expect(light.loss).toBe(plain.loss);
  expect(light.gradient).toEqual(plain.gradient);
  expect(light.bytes).toBeLessThan(plain.bytes / 4);
  w.dispose();
});

test('checkpoint: gradients of inputs, second derivatives, and use without a tape', () => {
  const cube = checkpoint((x: Tensor) => mul(x, square(x)));
  checkGrads((x) => cube(x), [tensor([0.5, -1.5])], { order: 2 });
  expect(cube(scalar(2)).item()).toBe(8);
});

test('checkpoint: the same tensor twice counts once for each place', () => {
  const product = checkpoint((a: Tensor, b: Tensor) => mul(a, mul(b, b)));
  checkGrads((x) => product(x, x), [tensor([0.5, -1.5])], { order: 2 });
});

test('detectAnomaly names the op, forward and backward, and the path of layers', () => {
  const x = tensor([1, 0]);
  const forward = () => detectAnomaly(() => withPath('model', () => div(x, mul(x, 0))));
  expect(forward).toThrow('div: forward made Infinity at element 0 of shape [2], in model:div');
  const blowUp = customGradient(
    ([y]: readonly [Tensor]) => ({
      value: y,
      gradient: (dy) => [div(dy, 0)],
    }),
    'blowUp',
  );
  const backward = () =>
    detectAnomaly(() => withPath('model', () => grad((y) => sum(blowUp(y)))(x)));
  expect(backward).toThrow('div: forward made Infinity');
  expect(() => grad((y) => sum(blowUp(y)))(x)).not.toThrow();
});
