// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { grad, init, sum, tensor } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ActivationName, activations } from '../activations.ts';
import { type RegularizerName, regularizers } from '../regularizer.ts';
import { recipe } from '../testing/index.ts';

interface Found {
  readonly values: readonly number[];
  readonly gradients: readonly number[];
}

/** What `conformance/keras/activations.py` wrote; its opening comment says what it holds. */
interface Golden {
  readonly points: readonly number[];
  readonly activations: Readonly<Record<ActivationName, Found>>;
  readonly weight: { readonly shape: number[]; readonly scale: number; readonly offset: number };
  readonly regularizers: Readonly<Record<RegularizerName, Found>>;
}

const file = new URL('../../../../conformance/keras/activations.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const found = (value: Found | undefined): Found => {
  if (value === undefined) throw new Error('the golden has other names');
  return value;
};

const bound = { relative: 2e-6, absolute: 2e-6 };

describe("Keras's activations in double precision", () => {
  test('are all here', () => {
    expect(Object.keys(activations).sort()).toEqual(Object.keys(golden.activations).sort());
  });

  test.each(Object.entries(activations))(
    '%s: values and gradients to 2e-6, relative above 1',
    (name, activation) => {
      const expected = found(golden.activations[name as ActivationName]);
      const x = tensor([...golden.points], [1, golden.points.length]);
      const weights = recipe(x.shape, 1, 40);
      closeTo(activation(x), [...expected.values], bound);
      closeTo(grad((t) => sum(activation(t).mul(weights)))(x), [...expected.gradients], bound);
    },
  );
});

describe("Keras's regularizers in double precision", () => {
  const made = {
    l1: regularizers.l1({ l1: 0.3 }),
    l2: regularizers.l2({ l2: 0.2 }),
    l1l2: regularizers.l1l2({ l1: 0.3, l2: 0.2 }),
  };

  test.each(Object.entries(made))('%s: value and gradient to 2e-6', (name, regularizer) => {
    const expected = found(golden.regularizers[name as RegularizerName]);
    const { shape, scale, offset } = golden.weight;
    const weight = recipe(shape, scale, offset);
    closeTo(regularizer(weight), [...expected.values], bound);
    closeTo(grad(regularizer)(weight), [...expected.gradients], bound);
  });
});
