// SPDX-License-Identifier: Apache-2.0
import { add, dispose, init, mul, sum, tidy, valueAndGrad } from '@tapeloop/core';
import { closeTo, cosines, expectNoLeaks, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Dense } from './dense.ts';
import { fromConfig, toConfig } from './registry.ts';
import { regularizers } from './regularizer.ts';
import { Sequential } from './sequential.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const model = () =>
  new Sequential([
    new Dense(3, { kernelRegularizer: 'l1', biasRegularizer: regularizers.l2({ l2: 0.5 }) }),
    new Dense(2, { kernelRegularizer: (weight) => mul(sum(weight), 3) }),
    new Dense(2),
  ]);

const total = (values: ArrayLike<number>, fn: (value: number) => number) =>
  Array.from(values).reduce((sum, value) => sum + fn(value), 0);

test('regularizationLoss adds up the penalties of all trainable parameters, in float64 to 1e-6', () => {
  using layers = model();
  layers.build([1, 4]);
  const [first, bias, second] = layers.parameters();
  if (first === undefined || bias === undefined || second === undefined) throw new Error('no');
  bias.assign(cosines([3]));
  const l1 = 0.01 * total(first.value.data(), Math.abs);
  const l2 = 0.5 * total(bias.value.data(), (value) => value * value);
  const own = 3 * total(second.value.data(), (value) => value);
  closeTo(layers.regularizationLoss(), [l1 + l2 + own], { relative: 1e-6 });
  bias.trainable = false;
  closeTo(layers.regularizationLoss(), [l1 + own], { relative: 1e-6 });
});

test('reaches the gradients when it is added to a loss, and leaves nothing behind', () => {
  using layers = model();
  layers.build([1, 4]);
  const [kernel] = layers.parameters();
  if (kernel === undefined) throw new Error('no kernel');
  const x = cosines([2, 4]);
  const gradient = (regularized: boolean) => {
    const { gradients } = valueAndGrad(() => {
      const loss = sum(layers.call(x));
      return regularized ? add(loss, layers.regularizationLoss()) : loss;
    }, layers.parameters());
    const found = gradients.get(kernel)?.data() ?? [];
    dispose([...gradients.values()]);
    return found;
  };
  const without = tidy(() => gradient(false));
  const expected = Array.from(
    kernel.value.data(),
    (w, i) => (without[i] ?? 0) + 0.01 * Math.sign(w),
  );
  closeTo([...tidy(() => gradient(true))], expected, { absolute: 1e-6 });
  expectNoLeaks(() => tidy(() => gradient(true)));
});

test('is 0 without regularizers, and before the parameters are made', () => {
  using plain = new Dense(2);
  expect(plain.regularizationLoss().item()).toBe(0);
  expect(model().regularizationLoss().item()).toBe(0);
});

test('comes back from a config, unless it is a function', () => {
  const saved = toConfig(new Dense(2, { kernelRegularizer: 'l1l2', biasRegularizer: 'l2' }));
  expect(saved.config).toMatchObject({
    kernelRegularizer: { name: 'l1l2', options: { l1: 0, l2: 0 } },
    biasRegularizer: { name: 'l2', options: { l2: 0.01 } },
  });
  expect(toConfig(fromConfig(JSON.parse(JSON.stringify(saved))))).toEqual(saved);
  expect(() => model().getConfig()).toThrow('a config cannot hold a regularizer');
});

test('refuses unknown names and factors that are negative or not finite', () => {
  expect(() => new Dense(2, { kernelRegularizer: 'l3' as 'l2' })).toThrow('one of l1, l2, l1l2');
  expect(() => regularizers.l2({ l2: -1 })).toThrow('finite number of at least 0');
  expect(() => regularizers.l1l2({ l1: Number.NaN })).toThrow('l1 must be');
});
