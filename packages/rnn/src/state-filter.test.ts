// SPDX-License-Identifier: Apache-2.0
import { stateRecord } from '@tapeloop/core';
import { describe, expect, test, vi } from 'vitest';
import { LSTMState } from './lstm-state.ts';
import { defaultStateFilter, filterTree, type StateFilterVisitor } from './state-filter.ts';

/** Stands for a Python tuple beside arrays, which stand for lists. */
class Tuple {
  readonly [index: number]: unknown;

  constructor(...entries: readonly unknown[]) {
    Object.assign(this, { ...entries });
  }

  get [stateRecord](): true {
    return true;
  }
}

// TensorFlow, python/util/nest_test.py, testGetTraverseShallowStructure.
describe('filterTree', () => {
  test('descends where the visitor says true and stops where it says false', () => {
    const structure = [3, 4, new Tuple(1, 2, [0]), [5, 6], { a: new Tuple(7) }, []];
    const noTuples: StateFilterVisitor = (part) => !(part instanceof Tuple);
    expect(filterTree(noTuples, structure)).toEqual([
      true,
      true,
      false,
      [true, true],
      { a: false },
      [],
    ]);
  });

  test('takes a structure of booleans for the entries of a part', () => {
    const structure = [new Tuple(1, [2]), new Tuple([1], 2)];
    const first: StateFilterVisitor = (part) =>
      part instanceof Tuple ? new Tuple(true, false) : true;
    expect(filterTree(first, structure)).toEqual([
      new Tuple(true, false),
      new Tuple([true], false),
    ]);
  });

  test.each<[unknown, unknown, string]>([
    [0, [true], 'a boolean for a leaf'],
    [[1], 1, 'a boolean or a structure of booleans'],
    [[1], [1], 'one level deep'],
    [[1], undefined, 'a boolean or a structure of booleans'],
    [[1], new Tuple(true), 'nested as an array'],
  ])('refuses, for %j, the verdict %j with a TypeError', (structure, verdict, text) => {
    const run = () => filterTree(() => verdict, structure);
    expect(run).toThrow(TypeError);
    expect(run).toThrow(text);
  });

  test('refuses a structure of another length with a ValueError', () => {
    expect(() => filterTree(() => [true], [1, 2])).toThrow('with the keys 0, 1');
  });
});

describe('the default visitor', () => {
  const stack = () => [new LSTMState({ c: 1, h: 2 }), new LSTMState({ c: 3, h: 4 })];
  const spared = new LSTMState({ c: false, h: true });

  test('spares c of every LSTMState, and of nothing that only looks like one', () => {
    expect(filterTree(defaultStateFilter, stack())).toEqual([spared, spared]);
    expect(filterTree(defaultStateFilter, [1, 2])).toEqual([true, true]);
    expect(filterTree(defaultStateFilter, { c: 1, h: 2 })).toEqual({ c: true, h: true });
  });

  test.each<[string, StateFilterVisitor, number]>([
    ['the default', defaultStateFilter, 5],
    ['always true', () => true, 7],
    ['always false', () => false, 1],
    [
      'only the first layer, then the default',
      (part) => (Array.isArray(part) ? [true, false] : defaultStateFilter(part)),
      3,
    ],
  ])('%s is called as often as upstream on a stack of two LSTMs', (_, visitor, calls) => {
    const spy = vi.fn(visitor);
    filterTree(spy, stack());
    expect(spy).toHaveBeenCalledTimes(calls);
  });
});
