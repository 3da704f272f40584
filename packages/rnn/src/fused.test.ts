// SPDX-License-Identifier: Apache-2.0
import {
  init,
  mul,
  type Parameter,
  setSeed,
  sum,
  type Tensor,
  tensor,
  tensorsIn,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { RNN, type RNNContext, type RNNOptions } from './rnn.ts';
import type { RNNCell } from './rnn-cell.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

// A batch of 4, so that each step's draw of ordinary dropout fills its blocks.
const [TIME, BATCH, FEATURES, UNITS] = [5, 4, 3, 6];

type AnyCell = RNNCell<unknown>;
const cells: Readonly<Record<string, () => AnyCell>> = {
  LSTM: () => new LSTMCell(UNITS) as AnyCell,
  'LSTM without bias': () => new LSTMCell(UNITS, { useBias: false }) as AnyCell,
  'GRU, reset after': () => new GRUCell(UNITS) as AnyCell,
  'GRU, reset before': () => new GRUCell(UNITS, { resetAfter: false }) as AnyCell,
  'simple, tanh': () => new SimpleRNNCell(UNITS) as AnyCell,
  'simple, relu': () => new SimpleRNNCell(UNITS, { activation: 'relu' }) as AnyCell,
};

const variational: DropoutWrapperOptions = {
  variationalRecurrent: true,
  dtype: 'float32',
  inputSize: FEATURES,
};
const wrappers: Readonly<Record<string, DropoutWrapperOptions>> = {
  'input, output and state': { inputKeepProb: 0.6, outputKeepProb: 0.7, stateKeepProb: 0.8 },
  'state only': { stateKeepProb: 0.5, seed: 3 },
  'variational, all': {
    ...variational,
    inputKeepProb: 0.6,
    outputKeepProb: 0.7,
    stateKeepProb: 0.8,
  },
  'variational, a mask for each row': {
    ...variational,
    inputKeepProb: 0.6,
    stateKeepProb: 0.7,
    maskPerExample: true,
  },
};

const contexts: Readonly<Record<string, () => RNNContext<unknown>>> = {
  plain: () => ({}),
  lengths: () => ({ sequenceLengths: [5, 3, 1, 4] }),
  mask: () => ({ mask: maskOf([1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1]) }),
};
const layouts: Readonly<Record<string, RNNOptions>> = {
  'all outputs': { returnSequences: true },
  'last output': {},
  backwards: { returnSequences: true, goBackwards: true },
  'time major, last output, backwards': { timeMajor: true, goBackwards: true },
};

describe.each(Object.entries(cells))('%s: one fused op equals the steps', (_, make) => {
  describe.each(Object.entries(contexts))('%s', (_, context) => {
    test.each(Object.entries(layouts))('%s', (_, layout) => {
      expectFusedEqualsSteps(make, layout, context);
    });
  });

  test.each(Object.entries(wrappers))('in DropoutWrapper: %s', (_, options) => {
    const wrapped = () => new DropoutWrapper(make(), options) as AnyCell;
    expectFusedEqualsSteps(wrapped, { returnSequences: true }, contexts['plain']);
    expectFusedEqualsSteps(wrapped, {}, contexts['plain']);
  });
});

test('stacked cells in variational wrappers, with lengths, forward and backward in time', () => {
  const size = { ...variational, inputKeepProb: 0.8, outputKeepProb: 0.7, stateKeepProb: 0.6 };
  const stack = () =>
    new StackedRNNCells([
      new DropoutWrapper(new LSTMCell(UNITS), size),
      new DropoutWrapper(new GRUCell(UNITS), { ...size, inputSize: UNITS }),
    ] as never) as AnyCell;
  for (const goBackwards of [false, true]) {
    expectFusedEqualsSteps(stack, { returnSequences: true, goBackwards }, contexts['lengths']);
  }
});

test('what the fused op cannot do runs step by step', () => {
  const plan = { training: true, time: 5, batch: 4, features: 3, goBackwards: false };
  const full = { ...plan, isMasked: false, hasStateMasks: false };
  const asks = (cell: AnyCell, change: Partial<typeof full> = {}) =>
    cell.canRunSequence({ ...full, ...change });
  const lstm = () => new LSTMCell(UNITS) as AnyCell;
  expect(asks(lstm())).toBe(true);
  expect(asks(new LSTMCell(UNITS, { activation: 'relu' }) as AnyCell)).toBe(false);
  const wrapped = (options: DropoutWrapperOptions) =>
    new DropoutWrapper(lstm(), options) as AnyCell;
  const ordinary = wrapped({ inputKeepProb: 0.5 });
  expect(asks(ordinary)).toBe(true);
  expect(asks(ordinary, { isMasked: true })).toBe(false);
  expect(asks(ordinary, { goBackwards: true })).toBe(false);
  // A draw takes blocks of four numbers: 3 · 3 would leave some over at every step.
  expect(asks(ordinary, { batch: 3 })).toBe(false);
  expect(asks(ordinary, { batch: 3, training: false })).toBe(true);
  expect(asks(wrapped({ inputKeepProb: () => 0.5 }))).toBe(false);
  expect(asks(wrapped({ stateKeepProb: 0 }))).toBe(false);
  expect(asks(wrapped({ stateKeepProb: 0.5, dropoutStateFilterVisitor: () => true }))).toBe(false);
  const twice = new DropoutWrapper(wrapped({ stateKeepProb: 0.5 }), { stateKeepProb: 0.5 });
  expect(asks(twice as AnyCell)).toBe(false);
});

/** Values, last states, and the gradients of every parameter, by both paths with the same draws. */
function expectFusedEqualsSteps(
  make: () => AnyCell,
  layout: RNNOptions,
  context: (() => RNNContext<unknown>) | undefined,
): void {
  const fused = run(make, { ...layout, unroll: false }, context);
  const steps = run(make, { ...layout, unroll: true }, context);
  expect(fused.canFuse).toBe(true);
  expect(fused.values.map((value) => value.length)).toEqual(steps.values.map((v) => v.length));
  fused.values.forEach((value, i) => {
    closeTo(value, steps.values[i] ?? [], { relative: 2e-5, absolute: 2e-6 });
  });
}

function run(
  make: () => AnyCell,
  layout: RNNOptions,
  context: (() => RNNContext<unknown>) | undefined,
) {
  return tidy(() => {
    setSeed(11);
    const cell = make();
    using rnn = new RNN<unknown, true>(cell, { ...layout, returnState: true });
    const major = layout.timeMajor ? [TIME, BATCH] : [BATCH, TIME];
    const x = cosines([...major, FEATURES]);
    rnn.build(x.shape);
    rnn.parameters().forEach((parameter, i) => setDistinct(parameter, i));
    const turned = context?.() ?? {};
    const mask = layout.timeMajor && turned.mask ? { mask: turned.mask.transpose([1, 0]) } : {};
    const { value, gradients } = valueAndGrad(() => {
      const { output, state } = rnn.call(x, { ...turned, ...mask, training: true });
      const parts = [output, ...tensorsIn(state)];
      return { loss: weighted(parts), parts };
    }, rnn.parameters());
    const plan = { training: true, time: TIME, batch: BATCH, features: FEATURES };
    const isMasked = context !== contexts['plain'];
    const goBackwards = layout.goBackwards ?? false;
    const canFuse = cell.canRunSequence({ ...plan, isMasked, goBackwards, hasStateMasks: false });
    const values = [...value.parts, ...gradients.values()].map((tensor) => [...tensor.data()]);
    return { canFuse, values };
  });
}

/** Σ wᵢ · part · part: every element matters, each in its own way. */
function weighted(parts: readonly Tensor[]): Tensor {
  const terms = parts.map((part, i) =>
    sum(mul(mul(part, part), cosines(part.shape, { start: i, offset: 2 }))),
  );
  return terms.reduce((whole, term) => whole.add(term));
}

function setDistinct(parameter: Parameter, i: number): void {
  parameter.assign(cosines(parameter.shape, { start: 3 * i, scale: 0.6 }));
}

function maskOf(flags: readonly number[]): Tensor {
  return tensor(flags, [BATCH, TIME], 'bool');
}
