// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, ones, scalar, type Tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TrainingFlag } from '../call-context.ts';
import { Dropout } from '../dropout.ts';
import { fromKerasConfig, toKerasConfig } from '../keras-config.ts';
import type { DropoutOptions } from '../masked-dropout.ts';
import type { Rate } from '../rate.ts';
import { fromConfig } from '../registry.ts';
import { goldenOutcomes, type Outcomes, outcomeOf, outcomesOf } from '../testing/index.ts';
import { V1Dropout } from '../v1-dropout.ts';
import '../alpha-dropout.ts';
import '../gaussian-dropout.ts';
import '../spatial-dropout-1d.ts';

/** What `conformance/tensorflow/dropout_errors.py` keeps of TensorFlow's layers. */
interface Golden {
  readonly layers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const file = new URL('../../../../conformance/tensorflow/dropout-errors.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Arguments as callers without types give them. */
const untyped = <T>(value: unknown): T => value as T;
const makers = {
  v1: (rate: unknown, options: DropoutOptions = {}) =>
    new V1Dropout({ rate: untyped<Rate>(rate), ...options }),
  keras: (rate: unknown, options: DropoutOptions = {}) => new Dropout(untyped<Rate>(rate), options),
};
const wrongRate: Outcomes = { construct: 'TypeError' };
/** Where Tapeloop differs on purpose, for both layers. */
const differences: Readonly<Record<string, Outcomes>> = {
  // A rate that is no number is refused at once, not at the first call that drops.
  'rate none, training true': wrongRate,
  'rate none, training false': wrongRate,
  'rate string, training true': wrongRate,
  'rate string, training false': wrongRate,
  'rate list, training true': wrongRate,
  'rate list, training false': wrongRate,
  // A negative size is refused at once.
  'noise_shape [-1,30]': { construct: 'ValueError' },
  // TensorFlow widens its output here.
  'noise_shape [2,40,30]': { construct: 'ok', call: 'ValueError' },
  // A wrong dtype is a TypeError throughout Tapeloop.
  'ints, training': { construct: 'ok', call: 'TypeError' },
};
const expectedOf = (api: string, name: string) =>
  differences[name] ?? goldenOutcomes(golden.layers[`${api} ${name}`] ?? {});

const rates: Readonly<Record<string, () => unknown>> = {
  '-0.1': () => -0.1,
  '1.1': () => 1.1,
  nan: () => Number.NaN,
  inf: () => Number.POSITIVE_INFINITY,
  none: () => null,
  string: () => '0.5',
  list: () => [0.5],
  '0': () => 0,
  '1': () => 1,
  '0.5': () => 0.5,
  scalar: () => scalar(0.5),
};
const noiseShapes = [
  '40,40',
  '40,30,5',
  '43',
  '40',
  '30',
  '1,30',
  '40,1',
  '1,1',
  'null,1',
  '-1,30',
];
const flags: readonly [string, TrainingFlag][] = [
  ['true', true],
  ['false', false],
  ['1', 1],
  ['0', 0],
  ['none', null],
];
const hasZeros = (x: Tensor) => x.data().includes(0);

describe.each(Object.entries(makers))('%s', (api, make) => {
  const x = () => ones([40, 30]);

  test.each(
    Object.keys(rates).flatMap((rate) => [true, false].map((training) => ({ rate, training }))),
  )('a rate of $rate with training $training', ({ rate, training }) => {
    const value = rates[rate]?.();
    const got = outcomesOf(
      () => make(value),
      (layer) => layer.call(x(), { training }),
    );
    expect(got).toEqual(expectedOf(api, `rate ${rate}, training ${training}`));
  });

  test.each([...noiseShapes, '2,40,30'])('a noise shape of [%s] for [40,30]', (name) => {
    const noiseShape: (number | null)[] = JSON.parse(`[${name}]`);
    const got = outcomesOf(
      () => make(0.5, { noiseShape }),
      (layer) => layer.call(x(), { training: true }),
    );
    expect(got).toEqual(expectedOf(api, `noise_shape [${name}]`));
  });

  test.each(flags)('a training flag of %s', (name, training) => {
    const dropped = hasZeros(make(0.5, { seed: 1 }).call(x(), { training }));
    expect({ dropped }).toEqual(golden.layers[`${api} training ${name}`]);
  });

  test.each([
    ['ints, training', 0.5, true],
    ['ints', 0.5, false],
    ['ints, rate 0, training', 0, true],
  ] as const)('%s', (name, rate, training) => {
    const got = outcomesOf(
      () => make(rate),
      (layer) => layer.call(ones([2], 'int32'), { training }),
    );
    expect(got).toEqual(expectedOf(api, name));
  });

  test('a scalar input, no rate, an option that does not exist, trainable false', () => {
    const call = (layer: Dropout | V1Dropout) => layer.call(scalar(1), { training: true });
    expect(outcomesOf(() => make(0.5), call)).toEqual(expectedOf(api, 'scalar input'));
    const bare = () => (api === 'v1' ? new V1Dropout() : make(undefined));
    expect({ construct: outcomeOf(bare) }).toEqual(expectedOf(api, 'no rate'));
    const unknown = untyped<DropoutOptions>({ keepProb: 0.5 });
    const construct = outcomeOf(() => make(0.5, unknown));
    expect({ construct }).toEqual(expectedOf(api, 'unknown option'));
    const frozen = make(0.5, { seed: 1, trainable: false });
    const dropped = hasZeros(frozen.call(x(), { training: true }));
    expect({ dropped }).toEqual(golden.layers[`${api} not trainable`]);
  });

  test('has the members that TensorFlow documents, and in eager mode those of TensorFlow 1 too', () => {
    const layer = make(0.5);
    // TensorFlow documents the two for version 1; they are there in graph mode only.
    const documented = api === 'v1' ? { get_losses_for: true, get_updates_for: true } : {};
    const has = (name: string) => name in layer;
    expect({
      apply: has('apply'),
      graph: has('graph'),
      scope_name: has('scopeName'),
      get_losses_for: has('getLossesFor'),
      get_updates_for: has('getUpdatesFor'),
      compute_mask: has('computeMask'),
      compute_output_shape: has('computeOutputShape'),
    }).toEqual({ ...golden.layers[`${api} has`], ...documented });
    expect(layer.supportsMasking).toBe(true);
    expect(layer.parameters()).toEqual([]);
    const mask = ones([40, 30], 'bool');
    expect(layer.computeMask(x(), mask)).toBe(mask);
    expect(layer.computeOutputShape([null, 3])).toEqual([null, 3]);
  });
});

test('v1: scope name and graph', () => {
  const layer = new V1Dropout();
  const call = (name: string) => ({ call: outcomeOf(() => Reflect.get(layer, name)) });
  expect(call('scopeName')).toEqual(
    goldenOutcomes(golden.layers['v1 scope_name before a call'] ?? {}),
  );
  expect(call('graph')).toEqual(goldenOutcomes(golden.layers['v1 graph'] ?? {}));
  expect(() => layer.graph).toThrow('there is none, as operations run when they are called');
  layer.apply(ones([2]));
  expect(call('scopeName')).toEqual(
    goldenOutcomes(golden.layers['v1 scope_name after a call'] ?? {}),
  );
  expect(layer.scopeName).toBe('v1_dropout');
  expect([layer.getLossesFor(), layer.getUpdatesFor()]).toEqual([[], []]);
});

test.each([
  ['v1 Dropout', 'Dropout', { Dropout: 'V1Dropout' }],
  ['v1 Dropout, all', 'Dropout', { Dropout: 'V1Dropout' }],
  ['keras Dropout', 'Dropout', {}],
  ['keras Dropout, all', 'Dropout', {}],
  ['SpatialDropout1D', 'SpatialDropout1D', {}],
  ['GaussianDropout', 'GaussianDropout', {}],
  ['AlphaDropout', 'AlphaDropout', {}],
])(
  '%s: a layer is read from the config that TensorFlow writes, and writes it',
  (name, kerasName, classNames) => {
    const config = golden.configs[name] ?? {};
    const layer = fromConfig(fromKerasConfig({ class_name: kerasName, config }, { classNames }));
    expect(layer.className).toBe({ ...classNames }['Dropout'] ?? kerasName);
    // Keras forgets the noise shape of AlphaDropout.
    const forgotten = name === 'AlphaDropout' ? { noise_shape: null } : {};
    // A layer of Keras has its dtype unless told otherwise, one of TensorFlow 1 does not.
    expect(toKerasConfig(layer)).toEqual({
      class_name: kerasName,
      config: { ...config, ...forgotten },
    });
  },
);
