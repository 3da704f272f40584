// SPDX-License-Identifier: Apache-2.0
import { init, ones, scalar, sum, type Tensor, tensor, ValueError } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import type { KeepProbability } from './keep-probability.ts';
import type { RNNCell } from './rnn-cell.ts';
import { EchoCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: 3 } as const;
const echo = () => new EchoCell<Tensor, Tensor>({ stateSize: 3, outputSize: 3 });
const names = ['inputKeepProb', 'stateKeepProb', 'outputKeepProb'] as const;

describe.each(names)('%s', (name) => {
  const make = (p: unknown, mode: DropoutWrapperOptions = {}) =>
    new DropoutWrapper(echo(), { ...mode, [name]: p as KeepProbability });

  describe.each([
    ['a mask each step', {}],
    ['a mask each run', variational],
  ])('with %s', (_, mode) => {
    test.each([
      ['NaN', Number.NaN],
      ['-0.1', -0.1],
      ['1.1', 1.1],
      ['Infinity', Number.POSITIVE_INFINITY],
      ['-Infinity', Number.NEGATIVE_INFINITY],
    ])('refuses %s with a ValueError', (_, p) => {
      expect(() => make(p, mode)).toThrow(ValueError);
      expect(() => make(p, mode)).toThrow(`${name} must be in [0, 1]`);
    });

    test.each(['half', true])('refuses %j with a TypeError', (p) => {
      expect(() => make(p, mode)).toThrow(TypeError);
    });

    test.each([[null], [[0.5, 0.5]]])('refuses %j with a ValueError, as upstream', (p) => {
      expect(() => make(p, mode)).toThrow(`${name} must be one number, got`);
    });

    test('refuses a tensor that is no scalar, and reads a scalar once', () => {
      expect(() => make(tensor([0.5, 0.5]), mode)).toThrow('one number, got [2]');
      const p = scalar(1);
      using wrapper = make(p, mode);
      p.dispose();
      expect(wrapper.call(ones([2, 3]), ones([2, 3])).output.data()).toEqual(ones([2, 3]).data());
    });

    test('of 0 gives zeros, also where there were NaN and infinities, and draws nothing', () => {
      using wrapper = make(0, mode);
      const wild = () => tensor([Number.NaN, Number.POSITIVE_INFINITY, 1], [1, 3]);
      const { output, state } = wrapper.call(wild(), wild());
      const zero = Float32Array.of(0, 0, 0);
      expect((name === 'stateKeepProb' ? state : output).data()).toEqual(zero);
      expect(wrapper.randomState().size).toBe(0);
    });

    test('as a function is read and checked at every call', () => {
      let p = 1;
      using wrapper = make(() => p, mode);
      const sumOf = () => {
        const { output, state } = wrapper.call(ones([1, 3]), ones([1, 3]));
        return sum(output).item() + sum(state).item();
      };
      expect(sumOf()).toBe(6);
      p = 0;
      expect(sumOf()).toBe(3);
      p = 1.5;
      expect(sumOf).toThrow(`the value of ${name} must be in [0, 1], got 1.5`);
    });
  });
});

test('what is wrong is reported in the order cell, visitor, input, state, output, dtype, inputSize', () => {
  const bad = { ...variational, inputKeepProb: 2, stateKeepProb: 3, outputKeepProb: 4 };
  const make = (cell: unknown, options: DropoutWrapperOptions) => () =>
    new DropoutWrapper(cell as RNNCell<Tensor>, options);
  const visitor = 1 as unknown as () => boolean;
  const dropoutStateFilterVisitor = visitor;
  const { inputSize, ...noSize } = variational;
  const none = { ...bad, dropoutStateFilterVisitor };
  expect(make({}, none)).toThrow('lacks outputSize, stateSize, zeroState or getInitialState, call');
  expect(make({}, none)).toThrow('is not an RNNCell');
  expect(make(echo(), none)).toThrow('dropoutStateFilterVisitor must be a function');
  expect(make(echo(), bad)).toThrow('inputKeepProb must be');
  expect(make(echo(), { ...bad, inputKeepProb: 0.5 })).toThrow('stateKeepProb must be');
  expect(make(echo(), { ...bad, inputKeepProb: 0.5, stateKeepProb: 1 })).toThrow('outputKeepProb');
  expect(make(echo(), { variationalRecurrent: true, inputKeepProb: 0.5 })).toThrow(
    "dtype must be 'float32'",
  );
  expect(make(echo(), { ...noSize, inputKeepProb: 0.5 })).toThrow('inputSize must be given');
  expect(make(echo(), { ...noSize, inputKeepProb: () => 1 })).toThrow('inputSize must be given');
  expect(make(echo(), { ...noSize, outputKeepProb: 0.5, inputSize })).not.toThrow();
  expect(make(echo(), { ...noSize, outputKeepProb: 0.5 })).not.toThrow();
  expect(make(echo(), { dtype: 'int32' })).toThrow(ValueError);
  expect(make(echo(), { seed: 0.5 })).toThrow('seed must be a safe integer');
});
