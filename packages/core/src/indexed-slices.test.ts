// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  add,
  checkpoint,
  coalesce,
  customGradient,
  DTypeError,
  detectAnomaly,
  dispose,
  type Gradient,
  GradientTape,
  gather,
  IndexedSlices,
  init,
  matMul,
  memory,
  mul,
  Parameter,
  ShapeError,
  square,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  toDense,
  ValueError,
  valueAndGrad,
  zeros,
} from './index.ts';
import { Storage } from './storage.ts';
import { closeTo } from './testing/close-to.ts';
import { cosines, sines } from './testing/fixtures.ts';
import { expectNoLeaks, trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const ids = (values: number[], shape = [values.length]) => tensor(values, shape, 'int32');

/** Runs `fn` with a table of five rows that asks for slices. */
function withTable(fn: (table: Parameter) => void): void {
  const table = tidy(() => new Parameter('table', cosines([5, 3]), { sparseGradient: true }));
  try {
    tidy(() => fn(table));
  } finally {
    table.dispose();
  }
}

/** The table's gradient of a loss, asked for as slices and asked for dense. */
function bothWays(table: Parameter, loss: () => Tensor): { sparse: Gradient; dense: Tensor } {
  const sparse = valueAndGrad(loss, [table], { sparse: true }).gradients.get(table);
  const dense = valueAndGrad(loss, [table]).gradients.get(table);
  if (sparse === undefined || dense === undefined) throw new Error('no gradient');
  return { sparse, dense };
}

function expectSlices(gradient: Gradient): IndexedSlices {
  if (gradient instanceof IndexedSlices) return gradient;
  throw new Error('the gradient is dense');
}

describe('coalesce', () => {
  test('sums the rows of an index and sorts the indices', () => {
    const values = tensor([1, 2, 10, 20, 100, 200, 1000, 2000], [4, 2]);
    const slices = coalesce(new IndexedSlices(values, ids([3, 1, 3, 0]), [5, 2]));
    expect([...slices.indices.data()]).toEqual([0, 1, 3]);
    expect(slices.values.toArray()).toEqual([
      [1000, 2000],
      [10, 20],
      [101, 202],
    ]);
    expect(slices.isCoalesced).toBe(true);
    expect(coalesce(slices)).toBe(slices);
  });

  test('toDense of slices and of coalesced slices has the bits of scatterAdd', () => {
    const slices = new IndexedSlices(cosines([6, 2, 2]), ids([4, 1, 1, 4, 0, 1]), [5, 2, 2]);
    const dense = toDense(slices);
    const expected = new Float32Array(20);
    const values = slices.values.data();
    slices.indices.data().forEach((row, i) => {
      for (let k = 0; k < 4; k++) {
        expected[4 * row + k] = (expected[4 * row + k] ?? 0) + (values[4 * i + k] ?? 0);
      }
    });
    expect(dense.shape).toEqual([5, 2, 2]);
    expect(dense.data()).toEqual(expected);
    expect(toDense(coalesce(slices)).data()).toEqual(expected);
    expect(toDense(dense)).toBe(dense);
  });

  test('of no rows, and of rows of no elements', () => {
    const none = coalesce(new IndexedSlices(zeros([0, 3]), ids([]), [5, 3]));
    expect(none.values.shape).toEqual([0, 3]);
    expect(toDense(none).data()).toEqual(new Float32Array(15));
    const thin = coalesce(new IndexedSlices(zeros([2, 0]), ids([1, 1]), [5, 0]));
    expect(thin.values.shape).toEqual([1, 0]);
  });
});

describe('IndexedSlices', () => {
  test('are freed by dispose and returned by tidy', () => {
    const slices = tidy(() => new IndexedSlices(cosines([2, 3]), ids([0, 1]), [5, 3]));
    expect(slices.values.isDisposed).toBe(false);
    dispose(slices);
    expect([slices.values.isDisposed, slices.indices.isDisposed]).toEqual([true, true]);
  });

  test('refuses what does not fit together', () => {
    const [values, rows] = [zeros([2, 3]), ids([0, 1])];
    const make = (v: Tensor, i: Tensor, shape: number[]) => () => new IndexedSlices(v, i, shape);
    const level = memory().tensors;
    expect(make(rows, rows, [5])).toThrow(DTypeError);
    expect(make(values, values, [5, 3])).toThrow(
      'IndexedSlices: indices must be int32, got "float32".',
    );
    expect(make(values, rows, [])).toThrow(ShapeError);
    expect(make(values, rows, [5, 4])).toThrow(
      'IndexedSlices: values must be of shape [2,4], got "[2,3]".',
    );
    expect(make(values, rows, [5])).toThrow(ShapeError);
    expect(make(values, rows, [1, 3])).toThrow(ValueError);
    expect(make(values, rows, [1, 3])).toThrow('indices must be in [0, 1)');
    expect(memory().tensors).toBe(level);
    expect(make(values, ids([0, 1], [2, 1]), [5, 3])).toThrow('indices must be of one dimension');
  });
});

describe('the gradient of a table', () => {
  const weights = () => sines([2, 3, 3], { start: 1 });
  const batch = () => ids([4, 1, 4, 0, 1, 4], [2, 3]);

  // Each uses rows 0, 1 and 4 with repeats, and reads nothing else of the table.
  const picks: Record<string, (table: Tensor) => Tensor> = {
    'one gather': (table) => sum(mul(gather(table, batch()), weights())),
    'a gather through other ops': (table) =>
      sum(square(tanh(mul(gather(table, batch()), weights())))),
    'several gathers': (table) => {
      const steps = [ids([4, 1]), ids([1, 1]), ids([0, 4]), ids([4, 0])];
      const rows = steps.map((step, i) => mul(gather(table, step), sines([2, 3], { start: i })));
      return sum(stack(rows));
    },
    'a gather by a scalar': (table) =>
      add(sum(square(gather(table, tensor(4, [], 'int32')))), sum(gather(table, batch()))),
  };

  test.each(Object.entries(picks))('of %s: rows with the bits of the dense one', (_, loss) => {
    withTable((table) => {
      const { sparse, dense } = bothWays(table, () => loss(table.value));
      const slices = expectSlices(sparse);
      expect([...slices.indices.data()]).toEqual([0, 1, 4]);
      expect(slices.values.shape).toEqual([3, 3]);
      expect(toDense(slices).data()).toEqual(dense.data());
    });
  });

  const others: Record<string, (table: Tensor) => Tensor> = {
    'matMul, in either order': (table) => {
      const rows = gather(table, ids([4, 1, 4]));
      return sum(square(matMul(rows, table, { transposeB: true })));
    },
    'a penalty and two gathers': (table) => {
      const first = sum(square(gather(table, ids([0, 0]))));
      return add(add(first, sum(square(table))), sum(gather(table, ids([2, 0]))));
    },
    'a gather along another axis': (table) => sum(square(gather(table, ids([0, 2, 2]), 1))),
    'a checkpoint': (table) => sum(checkpoint((x) => square(gather(x, ids([1, 1]))))(table)),
    'a gather of what was computed of it': (table) => sum(gather(square(table), ids([3, 3]))),
  };

  test.each(Object.entries(others))('with %s: dense, within 1e-6', (_, loss) => {
    withTable((table) => {
      const { sparse, dense } = bothWays(table, () => loss(table.value));
      expect(sparse).not.toBeInstanceOf(IndexedSlices);
      closeTo(toDense(sparse), dense, { relative: 1e-6, absolute: 1e-6 });
    });
  });

  test('is dense for a parameter without sparseGradient', () => {
    const table = new Parameter('table', cosines([5, 3]));
    const loss = () => sum(gather(table.value, ids([1, 1])));
    tidy(() => expect(bothWays(table, loss).sparse).not.toBeInstanceOf(IndexedSlices));
    table.dispose();
  });

  test('is dense and differentiable while an outer tape records, within 1e-5 of the derivative', () => {
    withTable((table) => {
      using outer = new GradientTape();
      const dense = outer.record(() => {
        const loss = () => sum(mul(square(gather(table.value, ids([2, 2, 0]))), 0.5));
        const { gradients } = valueAndGrad(loss, [table], { sparse: true });
        const gradient = gradients.get(table);
        if (gradient === undefined) throw new Error('no gradient');
        expect(gradient).not.toBeInstanceOf(IndexedSlices);
        return sum(square(toDense(gradient)));
      });
      // d/dx of (count · x)²
      const [second] = outer.gradient(dense, [table.value]);
      const x = table.value.data();
      const counts = [1, 0, 2, 0, 0];
      const expected = x.map((value, i) => 2 * (counts[Math.floor(i / 3)] ?? 0) ** 2 * value);
      closeTo(second ?? [], expected, { relative: 1e-5 });
    });
  });

  test('of a source that other ops made is what asking for it dense gives', () => {
    withTable((table) => {
      using tape = new GradientTape({ persistent: true });
      const [middle, loss] = tape.record(() => {
        const doubled = mul(table.value, 2);
        return [doubled, sum(square(gather(doubled, ids([1, 1, 3]))))] as const;
      });
      const sources = [middle, table.value];
      const sparse = tape.gradient(loss, sources, { sparse: [middle] });
      const dense = tape.gradient(loss, sources);
      sparse.forEach((gradient, i) => {
        expect(toDense(gradient).data()).toEqual(dense[i]?.data());
      });
    });
  });

  test('shows an anomaly in its rows', () => {
    withTable((table) => {
      const broken = customGradient<readonly [Tensor]>(([x]) => ({
        value: x,
        gradient: (dy) => [mul(dy, Number.NaN)],
      }));
      const loss = () => sum(broken(gather(table.value, ids([1]))));
      expect(() => detectAnomaly(() => valueAndGrad(loss, [table], { sparse: true }))).toThrow(
        'made NaN',
      );
    });
  });

  test('leaves nothing behind when a later rule throws', () => {
    withTable((table) => {
      const fails = customGradient<readonly [Tensor]>(([x]) => ({
        value: x,
        gradient: () => {
          throw new Error('a rule that fails');
        },
      }));
      expectNoLeaks(() => {
        // Backward meets the gather first, then the rule that throws.
        const loss = () => add(sum(fails(mul(table.value, 2))), sum(gather(table.value, ids([1]))));
        expect(() => valueAndGrad(loss, [table], { sparse: true })).toThrow('a rule that fails');
      });
    });
  });

  test('costs its rows: no allocation of more than 2 % of the table', () => {
    const table = tidy(() => new Parameter('table', zeros([20_000, 64]), { sparseGradient: true }));
    const allocate = vi.spyOn(Storage, 'allocate');
    tidy(() => {
      const rows = ids(Array.from({ length: 100 }, (_, i) => (i * 37) % 90));
      const loss = () => sum(square(gather(table.value, rows)));
      valueAndGrad(loss, [table], { sparse: true });
    });
    const bytes = allocate.mock.calls.map(([size]) => size);
    allocate.mockRestore();
    expect(Math.max(...bytes)).toBeGreaterThanOrEqual(100 * 64 * 4);
    expect(Math.max(...bytes)).toBeLessThan(0.02 * 20_000 * 64 * 4);
    table.dispose();
  });
});
