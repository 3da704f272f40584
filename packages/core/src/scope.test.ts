// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init } from './backend.ts';
import { tensor, zeros } from './create.ts';
import { withPath } from './ledger.ts';
import { dispose, keep, memory, tidy } from './scope.ts';
import type { Tensor } from './tensor.ts';
import { trackLeaks } from './testing/leaks.ts';
import { mapTensors, stateRecord, tensorsIn } from './tree.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

class Pair {
  readonly left: Tensor;
  readonly right: Tensor;
  constructor(left: Tensor, right: Tensor) {
    this.left = left;
    this.right = right;
  }
  get [stateRecord](): true {
    return true;
  }
}

test('tidy frees what it does not return, in any nesting of the result', () => {
  const before = memory().tensors;
  const result = tidy(() => {
    zeros([3]);
    const [a, b, c, d] = [zeros([1]), zeros([2]), zeros([3]), zeros([4])];
    return { list: [a, { b }], map: new Map([['c', c]]), state: new Pair(d, a), other: 'x' };
  });
  expect(memory().tensors - before).toBe(4);
  expect(tensorsIn(result).map(({ size }) => size)).toEqual([1, 2, 3, 4, 1]);
  dispose(result);
  expect(memory().tensors).toBe(before);
});

test('an inner tidy hands its result to the outer one, which frees it', () => {
  const before = memory().tensors;
  tidy(() => {
    const x = tidy(() => zeros([2]));
    expect(x.isDisposed).toBe(false);
  });
  expect(memory().tensors).toBe(before);
});

test('keep takes a tensor out of every scope until it is disposed', () => {
  let kept: Tensor | undefined;
  tidy(() => {
    tidy(() => {
      kept = keep(zeros([5]));
    });
  });
  expect(kept?.isDisposed).toBe(false);
  kept?.dispose();
});

test('tidy frees everything when fn throws, and refuses promises', () => {
  const before = memory().tensors;
  const failing = () =>
    tidy(() => {
      zeros([2]);
      throw new Error('stop');
    });
  expect(failing).toThrow('stop');
  expect(() => tidy(() => Promise.resolve(zeros([2])))).toThrow('must return synchronously');
  expect(memory().tensors).toBe(before);
});

test('memory counts tensors, shared bytes once, and who made them', () => {
  const before = memory();
  const x = withPath('model', () => withPath('dense', () => zeros([4])));
  const view = x.shareAs([2, 2], 'view');
  const after = memory({ owners: true });
  expect(after.tensors - before.tensors).toBe(2);
  expect(after.bytes - before.bytes).toBe(16);
  expect(after.heapBytes).toBeGreaterThan(2 ** 20);
  expect(after.owners).toEqual(
    new Map([
      ['model/dense:fill', 1],
      ['view', 1],
    ]),
  );
  dispose([x, view]);
});

test('mapTensors keeps the structure and the class of state records', () => {
  const tree = { pair: new Pair(tensor([1]), tensor([2])), list: [tensor([3]), null], n: 4 };
  const shapes = mapTensors(tree, (x) => x.shareAs([1, 1], 'mapped'));
  expect(shapes.pair).toBeInstanceOf(Pair);
  expect(tensorsIn(shapes).map((x) => x.item())).toEqual([1, 2, 3]);
  expect(shapes.list[1]).toBe(null);
  expect(shapes.n).toBe(4);
});
