// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  einsum,
  init,
  memory,
  type Shape,
  ShapeError,
  type Tensor,
  ValueError,
  zeros,
} from '../index.ts';
import { checkGrads } from '../testing/check-grads.ts';
import { closeTo } from '../testing/close-to.ts';
import { cosines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

// An equation and, where it is written otherwise, the same one in full: all letters and an output.
// biome-ignore format: a table
const equations: [equation: string, shapes: Shape[], full?: string][] = [
  ['->', [[]]],
  ['i->i', [[3]]],
  ['i->', [[3]]],
  ['ij->ji', [[2, 3]]],
  ['ijk->kij', [[2, 3, 4]]],
  ['ijk->j', [[2, 3, 4]]],
  ['ii->i', [[3, 3]]],
  ['ii->', [[3, 3]]],
  ['ii', [[3, 3]], 'ii->'],
  ['iji->ij', [[3, 2, 3]]],
  ['ijij->ji', [[3, 2, 3, 2]]],
  ['iii->i', [[3, 3, 3]]],
  ['ba', [[2, 3]], 'ba->ab'],
  ['i,i->', [[4], [4]]],
  ['i,i->i', [[4], [4]]],
  ['i,j->ij', [[3], [4]]],
  ['i,j->ji', [[3], [4]]],
  [',i->i', [[], [4]]],
  [',->', [[], []]],
  ['ij,j->i', [[2, 3], [3]]],
  ['j,ji->i', [[3], [3, 2]]],
  ['ij,jk->ik', [[2, 3], [3, 4]]],
  ['ij,jk', [[2, 3], [3, 4]], 'ij,jk->ik'],
  ['ij,kj->ik', [[2, 3], [4, 3]]],
  ['ji,jk->ik', [[3, 2], [3, 4]]],
  ['ji,kj->ik', [[3, 2], [4, 3]]],
  ['ij,jk->ki', [[2, 3], [3, 4]]],
  ['ij,ij->', [[2, 3], [2, 3]]],
  ['ij,ij->i', [[2, 3], [2, 3]]],
  ['ij,ij->j', [[2, 3], [2, 3]]],
  ['ij,ij->ji', [[2, 3], [2, 3]]],
  ['ij,kl->', [[2, 3], [4, 2]]],
  ['ij,kl->il', [[2, 3], [4, 2]]],
  ['bij,bjk->bik', [[2, 3, 4], [2, 4, 2]]],
  ['ibj,jbk->bik', [[3, 2, 4], [4, 2, 2]]],
  ['bij,jk->bik', [[2, 3, 4], [4, 2]]],
  ['bij,bkj->bik', [[2, 3, 4], [2, 5, 4]]],
  ['bthd,bshd->bhts', [[2, 3, 2, 4], [2, 5, 2, 4]]],
  ['bhts,bshd->bthd', [[2, 2, 3, 5], [2, 5, 2, 4]]],
  ['abcd,cdbe->ae', [[2, 3, 2, 3], [2, 3, 3, 2]]],
  ['ijkl,klij->', [[2, 3, 2, 3], [2, 3, 2, 3]]],
  ['iij,jk->ik', [[3, 3, 2], [2, 4]]],
  ['ij,jk,kl->il', [[2, 3], [3, 4], [4, 2]]],
  ['i,j,k->kji', [[2], [3], [4]]],
  ['bn,anm,bm->ba', [[2, 3], [4, 3, 2], [2, 2]]],
  ['ij,jk,ki,i->k', [[2, 3], [3, 4], [4, 2], [2]]],
  ['...', [[2, 3]], 'ab->ab'],
  ['...->...', [[2, 3]], 'ab->ab'],
  ['i...->...', [[2, 3, 4]], 'iab->ab'],
  ['...i->i...', [[2, 3, 4]], 'abi->iab'],
  ['...ij,...jk->...ik', [[2, 3, 4], [2, 4, 2]], 'aij,ajk->aik'],
  ['...ij,...jk', [[2, 3, 4], [2, 4, 2]], 'aij,ajk->aik'],
  ['...ij,jk->...ik', [[2, 2, 3, 4], [4, 2]], 'abij,jk->abik'],
  ['...ij,...jk->...ik', [[3, 4], [2, 4, 2]], 'ij,ajk->aik'],
  ['...ij,...jk->...ik', [[2, 1, 3, 4], [3, 4, 2]], 'a?ij,bjk->abik'],
  ['...ij,...jk->...ik', [[1, 3, 4], [1, 4, 2]], 'aij,ajk->aik'],
  ['i...,i...->...', [[3, 2, 1], [3, 1, 4]], 'ia?,i?b->ab'],
  ['a...b,...c->c...', [[2, 3, 2], [3, 4]], 'aeb,ec->ce'],
  ['...,...->...', [[2, 1], [3]], 'a?,b->ab'],
  [' i j , j k -> i k ', [[2, 3], [3, 4]], 'ij,jk->ik'],
  ['Ab,bC', [[2, 3], [3, 4]], 'Ab,bC->AC'],
  ['ij,jk->ik', [[0, 3], [3, 4]]],
  ['ij,jk->ik', [[2, 0], [0, 4]]],
  ['bij,bjk->bik', [[0, 3, 4], [0, 4, 2]]],
  ['ii->i', [[0, 0]]],
  ['...i->...', [[2, 0]], 'ai->a'],
];

test.each(equations)(
  '%j of %j: within 1e-5 of float64 sums',
  (equation, shapes, full = equation) => {
    const operands = shapes.map((shape, i) => cosines(shape, { start: 3 * i }));
    const { tensors } = memory();
    const result = einsum(equation, ...operands);
    expect(memory().tensors).toBe(tensors + 1);
    const expected = bruteForce(full, operands);
    expect(result.shape).toEqual(expected.shape);
    closeTo(result, expected.values, { relative: 1e-5, absolute: 1e-5 });
    for (const operand of operands) expect(result).not.toBe(operand);
  },
);

test.each(equations)('gradients, first and second, of %j of %j', (equation, shapes) => {
  const operands = shapes.map((shape, i) => cosines(shape, { start: 3 * i }));
  checkGrads((...inputs) => einsum(equation, ...inputs), operands, { order: 2 });
});

test('gradients add up when one tensor is several operands', () => {
  checkGrads((x) => einsum('ij,jk,ik->', x, x, x), [cosines([2, 2])], { order: 2 });
});

describe('errors', () => {
  // biome-ignore format: a table
  test.each<[string, Shape[], string]>([
    ['ij,jk->il', [[2, 3], [3, 4]], "one whose output subscripts are in an input: 'l' is not"],
    ['ij->ii', [[2, 3]], 'free of repeats in its output'],
    ['ij', [[2, 3], [3, 4]], 'of one subscript for each of the 2 operands'],
    ['ij,jk', [[2, 3]], 'of one subscript for each of the 1 operands'],
    ['i->j->k', [[2]], "of one '->' at most"],
    ['i1->i', [[2, 3]], "made of letters and at most one '...' a subscript: 'i1' is not"],
    ['i..->i', [[2, 3]], "at most one '...' a subscript: 'i..' is not"],
    ['...i...->i', [[2, 3]], "at most one '...' a subscript: '...i...' is not"],
    ['...i->i', [[2, 3]], "one with '...' in its output"],
  ])('%j is refused', (equation, shapes, message) => {
    const operands = shapes.map((shape) => zeros(shape));
    expect(() => einsum(equation, ...operands)).toThrow(ValueError);
    expect(() => einsum(equation, ...operands)).toThrow('einsum: equation must be');
    expect(() => einsum(equation, ...operands)).toThrow(message);
    expect(() => einsum(equation, ...operands)).toThrow(JSON.stringify(equation));
  });

  // biome-ignore format: a table
  test.each<[string, Shape[], string]>([
    ['ij,jk->ik', [[2, 3], [4, 5]], `subscript 'j' in "ij,jk->ik" must agree, got 3 and, in operand 1 of shape [4,5], 4.`],
    ['ii->i', [[2, 3]], `subscript 'i' in "ii->i" must agree, got 2 and, in operand 0 of shape [2,3], 3.`],
    ['ij,jk->ik', [[2, 1], [4, 5]], "the sizes of subscript 'j' in"],
    ['...i,...i', [[2, 3], [4, 3]], "the sizes of subscript '...' in"],
    ['ijk->i', [[2, 3]], `subscript 'ijk' of "ijk->i" names 3 axes, but its operand has shape [2,3].`],
    ['i->i', [[2, 3]], 'names 1 axes, but its operand has shape [2,3]'],
    ['ij...k->i...', [[2, 3]], 'names 3 axes or more, but its operand has shape [2,3]'],
  ])('%j does not fit %j', (equation, shapes, message) => {
    const operands = shapes.map((shape) => zeros(shape));
    expect(() => einsum(equation, ...operands)).toThrow(ShapeError);
    expect(() => einsum(equation, ...operands)).toThrow(message);
  });

  test('operands and equation have their types', () => {
    expect(() => einsum('i->i', zeros([2], 'int32'))).toThrow(
      'einsum: operands[0] must be of dtype float32',
    );
    const wrong = zeros([2]) as unknown as string;
    expect(() => einsum(wrong)).toThrow('einsum: equation must be a string, got a Tensor.');
  });
});

/**
 * The definition: for each output index, the sum over all other letters of the product of elements.
 * In full equations `?` is an axis of size 1.
 */
function bruteForce(
  full: string,
  operands: readonly Tensor[],
): { shape: number[]; values: number[] } {
  const [left = '', output = ''] = full.split('->');
  const terms = left.split(',');
  const sizes = new Map<string, number>();
  terms.forEach((term, i) => {
    [...term].forEach((letter, axis) => sizes.set(letter, operands[i]?.shape[axis] ?? 0));
  });
  sizes.set('?', 1);
  const shape = [...output].map((letter) => sizes.get(letter) ?? 0);
  const inner = [...sizes.keys()].filter((letter) => !output.includes(letter));
  const readers = operands.map(elementsOf);
  const values = byIndex(shape, (outer) => {
    let total = 0;
    byIndex(
      inner.map((letter) => sizes.get(letter) ?? 0),
      (summed) => {
        const position = new Map<string, number>();
        [...output].forEach((letter, i) => position.set(letter, outer[i] ?? 0));
        inner.forEach((letter, i) => position.set(letter, summed[i] ?? 0));
        total += readers.reduce((product, at, i) => {
          return product * at([...(terms[i] ?? '')].map((letter) => position.get(letter) ?? 0));
        }, 1);
        return 0;
      },
    );
    return total;
  });
  return { shape, values };
}
