// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { type DType, init, ones, scalar, type Tensor, tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { fromConfig, fromKerasConfig, type KerasObject, toKerasConfig } from '@tapeloop/layers';
import { goldenOutcomes, type Outcomes, outcomeOf, outcomesOf } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { componentSeed } from '../component-seed.ts';
import { DropoutWrapper } from '../dropout-wrapper.ts';
import { GRUCell } from '../gru-cell.ts';
import type { InitialStateOptions } from '../rnn-cell.ts';
import { RNNCellDropoutWrapper } from '../rnn-cell-dropout-wrapper.ts';
import { EchoCell } from '../testing/index.ts';

/** What `conformance/tensorflow/dropout_errors.py` and `dropout_bits.py` keep of TensorFlow. */
interface Golden {
  readonly wrappers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly order: Readonly<Record<string, { readonly error: string; readonly reported: string }>>;
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Bits {
  readonly component_seeds: readonly {
    readonly seed: number;
    readonly seeds: Readonly<Record<string, number>>;
  }[];
}

const folder = new URL('../../../../conformance/tensorflow/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const golden: Golden = JSON.parse(read('dropout-errors.json'));
const bits: Bits = JSON.parse(read('dropout-bits.json'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type Wrapper =
  | DropoutWrapper<Tensor, Tensor, Tensor>
  | RNNCellDropoutWrapper<Tensor, Tensor, Tensor>;
type Make = (options: Readonly<Record<string, unknown>>, cell?: unknown) => Wrapper;

const echo = () => new EchoCell<Tensor, Tensor>({ stateSize: 3, outputSize: 3 });
// Arguments as callers without types give them.
const makers: Readonly<Record<'v1' | 'v2', Make>> = {
  v1: (options, cell = echo()) => new DropoutWrapper(cell as ReturnType<typeof echo>, options),
  v2: (options, cell = echo()) =>
    new RNNCellDropoutWrapper(cell as ReturnType<typeof echo>, options),
};
const call = (dtype: DType) => (wrapper: Wrapper) => {
  using held = wrapper;
  held.call(ones([2, 3]), ones([2, 3], dtype));
};

/** Where Tapeloop differs on purpose, for all components, modes and both wrappers. */
const differences: Readonly<Record<string, Outcomes>> = {
  // TensorFlow lets NaN pass for 1.
  nan: { construct: 'ValueError' },
  // Keeping nothing gives zeros, where TensorFlow fails or gives NaN.
  '0': { construct: 'ok', call: 'ok' },
  '-0': { construct: 'ok', call: 'ok' },
  // A boolean is no number.
  true: { construct: 'TypeError' },
  false: { construct: 'TypeError' },
  // NumPy 2 decides on this one; other versions take a list of one for its entry.
  'list of one': { construct: 'ValueError' },
  // There is no dtype but float32 to drop in.
  'int dtype': { construct: 'ValueError' },
  'seed 0.5': { construct: 'TypeError' },
  // TensorFlow shares one coin between all features.
  'input_size 1 for 3': { construct: 'ok', call: 'ValueError' },
  // A wrong dtype is a TypeError throughout Tapeloop.
  'int state dropped': { construct: 'ok', call: 'TypeError' },
  // The dtype of an initial state is float32 unless another is given.
  'get_initial_state: batch_size only': { call: 'ok' },
};
const expectedOf = (key: string, name: string) =>
  differences[name] ?? goldenOutcomes(golden.wrappers[key] ?? {});

const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: 3 } as const;
const probabilities: Readonly<Record<string, () => unknown>> = {
  nan: () => Number.NaN,
  '-0.1': () => -0.1,
  '1.1': () => 1.1,
  inf: () => Number.POSITIVE_INFINITY,
  '-inf': () => Number.NEGATIVE_INFINITY,
  none: () => null,
  string: () => 'half',
  true: () => true,
  false: () => false,
  'list of one': () => [0.5],
  'list of two': () => [0.5, 0.5],
  '0': () => 0,
  '-0': () => -0,
  '0.5': () => 0.5,
  '1': () => 1,
  scalar: () => scalar(0.5),
  'scalar of 2': () => scalar(2),
  vector: () => tensor([0.5, 0.5]),
};
const dropped = { ...variational, inputKeepProb: 0.5 };
const others: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'no dtype': { variationalRecurrent: true },
  'no input_size, inputs kept': { variationalRecurrent: true, dtype: 'float32' },
  'no input_size, inputs dropped': { ...dropped, inputSize: null },
  'input_size given needlessly': { inputSize: 7 },
  'int dtype, variational': { variationalRecurrent: true, dtype: 'int32' },
  'int dtype': { dtype: 'int32' },
  'visitor 1': { dropoutStateFilterVisitor: 1 },
  'visitor none': { dropoutStateFilterVisitor: null },
  'unknown option': { keepStateFn: () => true },
  'seed 0.5': { seed: 0.5, inputKeepProb: 0.5 },
  'seed 0': { seed: 0, inputKeepProb: 0.5 },
  'seed -1': { seed: -1, inputKeepProb: 0.5 },
  'variational 1': { variationalRecurrent: 1, dtype: 'float32' },
  'input_size 2 for 3': { ...dropped, inputSize: 2 },
  'input_size 1 for 3': { ...dropped, inputSize: 1 },
  'input_size [3] for a tensor': { ...dropped, inputSize: [3] },
  'input_size shape (3,)': { ...dropped, inputSize: { shape: [3] } },
};

describe.each(Object.entries(makers))('%s', (api, make) => {
  describe.each([
    ['step', {}],
    ['run', variational],
  ])('a mask each %s', (mode, more) => {
    test.each(
      ['input', 'state', 'output'].flatMap((component) =>
        Object.keys(probabilities).map((name) => ({ component, name })),
      ),
    )('a keep probability of $name for the $component', ({ component, name }) => {
      const options = { ...more, [`${component}KeepProb`]: probabilities[name]?.() };
      const got = outcomesOf(() => make(options), call('float32'));
      expect(got).toEqual(expectedOf(`${api} ${mode} ${component}: ${name}`, name));
    });
  });

  test.each(Object.entries(others))('%s', (name, options) => {
    const got = outcomesOf(() => make(options), call('float32'));
    expect(got).toEqual(expectedOf(`${api}: ${name}`, name));
  });

  test.each([
    ['int state dropped', { stateKeepProb: 0.5 }],
    ['int state kept', { outputKeepProb: 0.5 }],
  ])('%s', (name, options) => {
    const got = outcomesOf(() => make(options), call('int32'));
    expect(got).toEqual(expectedOf(`${api}: ${name}`, name));
  });

  test.each([
    ['none', null],
    ['number', 3],
    ['object', {}],
  ])('a cell that is %s', (name, cell) => {
    const construct = outcomeOf(() => make({}, cell));
    expect({ construct }).toEqual(expectedOf(`${api}: cell ${name}`, ''));
  });

  test.each<[string, (x: Tensor) => InitialStateOptions]>([
    ['nothing', () => ({})],
    ['batch_size only', () => ({ batchSize: 2 })],
    ['both', () => ({ batchSize: 2, dtype: 'float32' })],
    ['inputs', (inputs) => ({ inputs })],
    ['another batch_size', (inputs) => ({ inputs, batchSize: 5 })],
    ['another dtype', (inputs) => ({ inputs, dtype: 'int32' })],
  ])('get_initial_state: %s', (name, options) => {
    const got = { call: outcomeOf(() => make({}).getInitialState(options(ones([2, 3])))) };
    const key = `get_initial_state: ${name}`;
    expect(got).toEqual(expectedOf(`${api} ${key}`, key));
  });

  test('graph and scope_name', () => {
    const wrapper = make({});
    const outcome = (name: string) => ({
      call: name in wrapper ? outcomeOf(() => Reflect.get(wrapper, name)) : 'TypeError',
    });
    expect(outcome('graph')).toEqual(goldenOutcomes(golden.wrappers[`${api}: graph`] ?? {}));
    const scopeName = goldenOutcomes(golden.wrappers[`${api}: scope_name`] ?? {});
    expect(outcome('scopeName')).toEqual(scopeName);
  });
});

const bad = { ...variational, inputKeepProb: 2, stateKeepProb: 3, outputKeepProb: 4 };
const visitor = { dropoutStateFilterVisitor: 1 };
const reported: Readonly<Record<string, string>> = {
  cell: 'cell must be an RNNCell',
  keep_state_fn: 'options must be made of',
  visitor: 'dropoutStateFilterVisitor must be a function',
  input_keep_prob: 'inputKeepProb must be in [0, 1]',
  state_keep_prob: 'stateKeepProb must be in [0, 1]',
  output_keep_prob: 'outputKeepProb must be in [0, 1]',
  dtype: "dtype must be 'float32' with variationalRecurrent",
  input_size: 'inputSize must be given',
};
test.each<[string, Readonly<Record<string, unknown>>, unknown]>([
  ['cell, visitor, probabilities', { ...bad, ...visitor }, {}],
  ['unknown option, cell', { ...bad, keepStateFn: null }, {}],
  ['visitor, probabilities', { ...bad, ...visitor }, echo()],
  ['all probabilities', bad, echo()],
  ['state, output', { ...bad, inputKeepProb: 1 }, echo()],
  ['output, dtype', { outputKeepProb: 4, variationalRecurrent: true }, echo()],
  ['dtype, input_size', { inputKeepProb: 0.5, variationalRecurrent: true }, echo()],
  ['input_size', { inputKeepProb: 0.5, variationalRecurrent: true, dtype: 'float32' }, echo()],
])('what is wrong is reported in upstream’s order: %s', (name, options, cell) => {
  const { error, reported: word } = golden.order[name] ?? { error: '', reported: '' };
  for (const make of Object.values(makers)) {
    expect(outcomeOf(() => make(options, cell))).toBe(error);
    expect(() => make(options, cell)).toThrow(reported[word]);
  }
});

describe('configs as TensorFlow writes them', () => {
  const cell = { class_name: 'GRUCell', config: { units: 1 } };

  test.each([
    ['v1 DropoutWrapper', 'DropoutWrapper'],
    ['v1 DropoutWrapper, all', 'DropoutWrapper'],
    ['v2 DropoutWrapper, all', 'RNNCellDropoutWrapper'],
  ])('%s', (name, className) => {
    const kept = golden.configs[name] ?? {};
    const config = kept['cell'] === null ? { ...kept, cell } : kept;
    const saved = { class_name: 'DropoutWrapper', config };
    using wrapper = fromConfig(
      fromKerasConfig(saved, { classNames: { DropoutWrapper: className } }),
    );
    expect(wrapper.className).toBe(className);
    const written = toKerasConfig(wrapper);
    expect(written.class_name).toBe('DropoutWrapper');
    const { cell: _, ...own } = written.config;
    const { cell: __, ...expected } = kept;
    expect(own).toEqual(expected);
  });

  test('the cell inside comes with them', () => {
    const config = golden.configs['v2 DropoutWrapper, all'] ?? {};
    const saved = fromKerasConfig({ class_name: 'DropoutWrapper', config });
    using wrapper = fromConfig(saved);
    expect(wrapper).toBeInstanceOf(DropoutWrapper);
    if (!(wrapper instanceof DropoutWrapper)) return;
    expect(wrapper.wrappedCell).toBeInstanceOf(GRUCell);
    const written = toKerasConfig(wrapper.wrappedCell);
    const inner = config['cell'] as KerasObject;
    expect(written).toMatchObject({
      class_name: 'GRUCell',
      config: { units: 5, reset_after: true },
    });
    const same = ['name', 'activation', 'recurrent_activation', 'use_bias', 'kernel_regularizer'];
    for (const key of same) expect([key, written.config[key]]).toEqual([key, inner.config[key]]);
  });
});

test.each(bits.component_seeds)('the seeds of the components of seed $seed', ({ seed, seeds }) => {
  for (const [name, expected] of Object.entries(seeds)) {
    const [component = '', index] = name.split('_');
    const of = component === 'input' || component === 'state' ? component : 'output';
    expect(componentSeed(seed, of, Number(index))).toBe(expected);
  }
});
