// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest';
import { init, type MatMulOptions, matMul, type ReduceOptions, Tensor, tensor } from '../index.ts';
import { checkGrads } from '../testing/check-grads.ts';
import { cosines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { opTable } from './table.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('methods chain, and do what the functions do', () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const y = x.add(1).mul(x).transpose().slice(0, 1).reshape([-1]);
  expect(y.data()).toEqual(Float32Array.of(2, 12));
  expect(x.matMul(x, { transposeB: true }).data()).toEqual(
    matMul(x, x, { transposeB: true }).data(),
  );
  expect(x.sum({ axis: 0 }).toArray()).toEqual([4, 6]);
  expect(x.unstack().map((row) => row.toArray())).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('methods are recorded as the functions are', () => {
  checkGrads((x) => x.matMul(x.transpose()).square().sum(), [cosines([2, 3])], { order: 2 });
});

test('methods have the types of the functions', () => {
  expectTypeOf<Tensor['matMul']>().toEqualTypeOf<(b: Tensor, options?: MatMulOptions) => Tensor>();
  expectTypeOf<Tensor['unstack']>().returns.toEqualTypeOf<Tensor[]>();
  expectTypeOf<Tensor['sum']>().parameters.toEqualTypeOf<[options?: ReduceOptions | undefined]>();
});

test('every op is a method, but those that take a list or a record, losses and gradients of fused ops', () => {
  const isOther = (name: string) =>
    /^(concat|stack|softmaxCrossEntropy)$|(Gradient|Sequence)$/.test(name);
  const names = Object.keys(opTable);
  expect(names.filter((name) => !(name in Tensor.prototype))).toEqual(names.filter(isOther));
  const composites = ['mean', 'variance', 'squeeze', 'expandDims', 'flatten'];
  expect(composites.filter((name) => !(name in Tensor.prototype))).toEqual([]);
  expect(Object.keys(Tensor.prototype)).toEqual([]);
});
