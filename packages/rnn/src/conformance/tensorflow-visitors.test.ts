// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, ones, type Tensor, tensorsIn } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { goldenOutcomes, outcomeOf } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from '../dropout-wrapper.ts';
import { LSTMState } from '../lstm-state.ts';
import { RNNCellDropoutWrapper } from '../rnn-cell-dropout-wrapper.ts';
import { mapSizes } from '../size.ts';
import { filterTree, type StateFilterVisitor } from '../state-filter.ts';
import { EchoCell } from '../testing/index.ts';

/** What `conformance/tensorflow/dropout_errors.py` keeps of what visitors drop, on states of ones. */
interface Golden {
  readonly visitors: Readonly<
    Record<string, { readonly kept?: string; readonly calls?: number; readonly error?: string }>
  >;
  readonly structures: Readonly<
    Record<string, { readonly result?: unknown; readonly error?: string }>
  >;
}

const file = new URL('../../../../conformance/tensorflow/dropout-errors.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const lstm = () => new LSTMState<unknown>({ c: 3, h: 3 });
const sizes: Readonly<Record<string, unknown>> = {
  tensor: 3,
  pair: [3, 3],
  lstm: lstm(),
  stack: [lstm(), lstm()],
  dict: { b: 3, a: [3, lstm()] },
  nested: [
    3,
    [
      [3, 3],
      [lstm(), 3],
    ],
    [],
  ],
};
const visitors: Readonly<Record<string, StateFilterVisitor | undefined>> = {
  default: undefined,
  everything: () => true,
  nothing: () => false,
  'first entry only': (part) => (Array.isArray(part) ? part.map((_, i) => i === 0) : true),
  'leaves only': (part) => !Array.isArray(part) || part.length > 0,
  '1': () => 1,
  none: () => null,
  list: () => [true],
};
const wrappers: readonly [string, typeof DropoutWrapper | typeof RNNCellDropoutWrapper][] = [
  ['DropoutWrapper', DropoutWrapper],
  ['RNNCellDropoutWrapper', RNNCellDropoutWrapper],
];

describe.each(wrappers)('%s', (_, Wrapper) => {
  test.each(
    Object.keys(sizes).flatMap((size) => Object.keys(visitors).map((name) => ({ size, name }))),
  )('of a state "$size", the visitor "$name" spares the leaves that TensorFlow spares', (each) => {
    const expected = golden.visitors[`${each.size}: ${each.name}`] ?? {};
    const stateSize = sizes[each.size];
    const visitor = visitors[each.name];
    let calls = 0;
    const counted: StateFilterVisitor = (part) => {
      calls++;
      return visitor?.(part);
    };
    const cell = new EchoCell<unknown, Tensor>({ stateSize, outputSize: 3 });
    const wrapper = new Wrapper(cell, {
      stateKeepProb: 1e-12,
      ...(visitor && { dropoutStateFilterVisitor: counted }),
    });
    const state = mapSizes('test', stateSize, (shape) => ones([1, ...shape]));
    const run = () => wrapper.call(ones([1, 3]), state).state;
    if (expected.error !== undefined) {
      // A list of the wrong length for a tuple is of the wrong kind in Python; here both are arrays.
      const error =
        each.name === 'list' && Array.isArray(stateSize) ? 'ValueError' : expected.error;
      expect({ error: outcomeOf(run) }).toEqual(goldenOutcomes({ error }));
      return;
    }
    // Plain objects keep the order of their keys here; TensorFlow sorts them.
    const leaves = each.size === 'dict' ? sortedLeaves(run()) : tensorsIn(run());
    const kept = leaves.map((leaf) => (leaf.data()[0] === 0 ? '0' : '1')).join('');
    expect({ kept, ...(visitor && { calls }) }).toEqual(expected);
  });
});

function sortedLeaves(state: unknown): Tensor[] {
  const entries = Object.entries(state ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return tensorsIn(entries.map(([, each]) => each));
}

describe('tensorflow/python/util/nest_test.py, testGetTraverseShallowStructure', () => {
  const isTuple = (part: unknown) => part instanceof Tuple;
  test.each<[string, StateFilterVisitor, unknown]>([
    [
      'not a tuple',
      (part) => !isTuple(part),
      [3, 4, new Tuple([1, 2, [0]]), [5, 6], { a: new Tuple([7]) }, []],
    ],
    ['[True] for a leaf', () => [true], 0],
    ['1 for [1]', () => 1, [1]],
    ['[1] for [1]', () => [1], [1]],
    ['(True,) for [1]', () => new Tuple([true]), [1]],
    ['[True] for [1, 2]', () => [true], [1, 2]],
    ['[True, True] for [1]', () => [true, true], [1]],
    ['None for a leaf', () => null, 0],
    ['{a} for {b}', () => ({ a: true }), { b: 1 }],
  ])('%s', (name, visitor, structure) => {
    const { result, error } = golden.structures[name] ?? {};
    const run = () => filterTree(visitor, structure);
    if (error === undefined) expect(run()).toEqual(result);
    else expect(outcomeOf(run)).toBe(error);
  });
});

/** Stands for a tuple beside a list: another class. */
class Tuple extends LSTMState<unknown> {
  constructor(entries: readonly unknown[]) {
    super({ c: entries[0], h: entries.slice(1) });
  }
}
