// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  fill,
  type Gradient,
  GradientError,
  gather,
  IndexedSlices,
  init,
  matMul,
  memory,
  Parameter,
  ShapeError,
  square,
  sum,
  tensor,
  tidy,
} from '@tapeloop/core';
import { closeTo, cosines, expectNoLeaks, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bitsOf, everything } from './contract-fixtures-testing.ts';
import {
  adagrad,
  chain,
  clipByGlobalNorm,
  type GradientTransform,
  globalNorm,
  Optimizer,
  sgd,
  sparseAdam,
} from './index.ts';
import { tableRows, trainSteps, usedRows, withModel } from './sparse-training-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const plain = () => sgd({ learningRate: 0.05 });

describe('rows that no batch has', () => {
  test.each([
    ['sgd', plain],
    ['adagrad', () => adagrad({ learningRate: 0.1 })],
    ['sparseAdam', () => sparseAdam({ learningRate: 0.1 })],
  ])('keep their bits under %s, and others change', (_, make) => {
    withModel(true, (model) => {
      using optimizer = new Optimizer([model.table, model.kernel], make());
      const before = model.table.value.data();
      trainSteps(optimizer, model, { to: 10 });
      const after = model.table.value.data();
      expect(after.slice(5 * usedRows)).toEqual(before.slice(5 * usedRows));
      for (let row = 0; row < usedRows; row += 4) {
        expect(after[5 * row]).not.toBe(before[5 * row]);
      }
      expect(tableRows).toBeGreaterThan(usedRows);
    });
  });
});

describe('a table with another use', () => {
  test('is trained as with dense gradients, to 1e-6', () => {
    const trained = [true, false].map((sparseGradient) =>
      withModel(sparseGradient, ({ table }) => {
        using optimizer = new Optimizer([table], adagrad({ learningRate: 0.1 }));
        for (let step = 0; step < 20; step++) {
          const ids = tensor([step % 7, 3, 3], [3], 'int32');
          const tied = () => {
            const rows = gather(table.value, ids);
            return sum(square(matMul(rows, table.value, { transposeB: true })));
          };
          tidy(() => optimizer.minimize(tied));
          ids.dispose();
        }
        return [...table.value.data()];
      }),
    );
    closeTo(trained[0] ?? [], trained[1] ?? [], { relative: 1e-6, absolute: 1e-6 });
  });
});

describe('state', () => {
  test.each([
    ['adagrad', () => adagrad({ learningRate: 0.1 })],
    ['sparseAdam', () => chain(clipByGlobalNorm(1), sparseAdam({ learningRate: 0.1 }))],
  ])('of %s saved after 5 steps with slices and restored goes on bit for bit', (_, make) => {
    const uninterrupted = withModel(true, (model) => {
      using optimizer = new Optimizer([model.table, model.kernel], make());
      trainSteps(optimizer, model, { to: 9 });
      return everything(optimizer, [model.table, model.kernel]);
    });
    const resumed = withModel(true, (model) => {
      using first = new Optimizer([model.table, model.kernel], make());
      trainSteps(first, model, { to: 5 });
      using second = new Optimizer([model.table, model.kernel], make());
      tidy(() => second.restore(first.state()));
      trainSteps(second, model, { from: 5, to: 9 });
      return everything(second, [model.table, model.kernel]);
    });
    expect(resumed).toBe(uninterrupted);
  });
});

describe('Optimizer.step', () => {
  const rowsOf = (rows: number[], values: number[]) =>
    new IndexedSlices(tensor(values, [rows.length, 5]), tensor(rows, [rows.length], 'int32'), [
      tableRows,
      5,
    ]);

  /** An optimizer of the table alone. */
  function withStep(fn: (step: (slices: IndexedSlices) => unknown, table: Parameter) => void) {
    withModel(true, ({ table }) =>
      tidy(() => {
        using optimizer = new Optimizer(
          [table],
          chain(clipByGlobalNorm(1e9), sgd({ learningRate: 1 })),
        );
        fn((slices) => optimizer.step(new Map([[table, slices]])), table);
      }),
    );
  }

  test('sums rows of one index first, in the norm and in the update', () => {
    withStep((step, table) => {
      const before = table.value.data();
      const report = step(rowsOf([7, 2, 7], [1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0]));
      expect(report).toEqual({ gradientNorm: Math.sqrt(4 ** 2 + 2 ** 2), skipped: false });
      before[5 * 7] = Math.fround((before[5 * 7] ?? 0) - 4);
      before[5 * 2 + 1] = Math.fround((before[5 * 2 + 1] ?? 0) - 2);
      expect(table.value.data()).toEqual(before);
    });
  });

  test('sums them in globalNorm too, to the bit', () => {
    withModel(true, ({ table }) =>
      tidy(() => {
        const twice = rowsOf([1, 1], Array(10).fill(1));
        expect(globalNorm(new Map([[table, twice]]))).toBe(Math.sqrt(5 * 4));
      }),
    );
  });

  test('of slices without rows changes nothing but the count', () => {
    withStep((step, table) => {
      const before = bitsOf([table.value]);
      expect(step(rowsOf([], []))).toEqual({ gradientNorm: 0, skipped: false });
      expect(bitsOf([table.value])).toBe(before);
    });
  });

  test('names the row of a gradient that is not finite, and changes nothing', () => {
    withStep((step, table) => {
      const before = bitsOf([table.value]);
      const broken = rowsOf([4, 9], [1, 1, 1, 1, 1, 1, 1, Number.NaN, 1, 1]);
      const level = memory().tensors;
      expect(() => step(broken)).toThrow(GradientError);
      expect(() => step(broken)).toThrow(
        'gradient of table must be finite, got "NaN at element 2 of row 9"',
      );
      expect(memory().tensors).toBe(level);
      expect(bitsOf([table.value])).toBe(before);
    });
  });

  test('refuses slices of another shape and slices that were freed', () => {
    withStep((step) => {
      const other = new IndexedSlices(cosines([1, 5]), tensor([0], [1], 'int32'), [29, 5]);
      expect(() => step(other)).toThrow(ShapeError);
      expect(() => step(other)).toThrow('gradient of table must be of shape [30,5], got "[29,5]"');
      const freed = rowsOf([1], [1, 2, 3, 4, 5]);
      freed.values.dispose();
      expect(() => step(freed)).toThrow('was disposed');
    });
  });

  test('leaves the slices as they came, and a schedule that throws changes nothing', () => {
    withModel(true, ({ table, kernel }) =>
      tidy(() => {
        const slices = rowsOf([3, 1, 3], [...cosines([15]).data()]);
        const before = bitsOf([slices.values, slices.indices]);
        const gradients = new Map<Parameter, Gradient>([
          [table, slices],
          [kernel, cosines([5, 4])],
        ]);
        let fails = false;
        const learningRate = () => {
          if (fails) throw new Error('no rate');
          return 0.1;
        };
        using optimizer = new Optimizer([table, kernel], sparseAdam({ learningRate }));
        optimizer.step(gradients);
        expect(bitsOf([slices.values, slices.indices])).toBe(before);
        fails = true;
        const state = everything(optimizer, [table, kernel]);
        expectNoLeaks(() => expect(() => optimizer.step(gradients)).toThrow('no rate'));
        expect(everything(optimizer, [table, kernel])).toBe(state);
      }),
    );
  });
});

describe('memory', () => {
  /** The most bytes beside parameters and state when the rule is about to write. */
  function bytesInStep(
    sparseGradient: boolean,
    make: (rate: () => number) => GradientTransform<unknown>,
  ) {
    const table = tidy(() => new Parameter('table', fill([20_000, 32], 0.5), { sparseGradient }));
    let most = 0;
    let level = 0;
    const rate = () => {
      most = Math.max(most, memory().bytes - level);
      return 0.1;
    };
    const optimizer = new Optimizer([table], make(rate));
    level = memory().bytes;
    const ids = Array.from({ length: 200 }, (_, i) => (i * i) % 20_000);
    const loss = () => sum(square(gather(table.value, tensor(ids, [200], 'int32'))));
    for (let step = 0; step < 2; step++) dispose(optimizer.minimize(loss).value);
    expect(memory().bytes).toBe(level);
    optimizer.dispose();
    table.dispose();
    return most;
  }
  const tableBytes = 20_000 * 32 * 4;

  test.each([
    ['sgd', (learningRate: () => number) => sgd({ learningRate })],
    ['adagrad', (learningRate: () => number) => adagrad({ learningRate })],
    [
      'clipByGlobalNorm and sparseAdam',
      (learningRate: () => number) => chain(clipByGlobalNorm(1), sparseAdam({ learningRate })),
    ],
  ])('a step of %s on 200 of 20,000 rows holds less than 7 % of the table', (_, make) => {
    const bytes = bytesInStep(true, make);
    expect(bytes).toBeGreaterThan(200 * 32 * 4);
    expect(bytes).toBeLessThan(0.07 * tableBytes);
    expect(bytesInStep(false, make)).toBeGreaterThan(tableBytes);
  });
});
