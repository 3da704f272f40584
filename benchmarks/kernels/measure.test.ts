// SPDX-License-Identifier: Apache-2.0
import { afterAll, describe, expect, it } from 'vitest';
import { type Expected, Field } from './measure.ts';
import { prepareRows } from './prepare.ts';
import { outputPlaces } from './subjects.ts';
import { expectedProduct, type ProductWorkload, type Workload } from './workload.ts';

const field = new Field(['simd', 'op', 'tfjs wasm', 'tfjs cpu', 'jax-js']);
const effort = { rounds: 2, steps: 1, warmUp: 1 };
const sizes = { m: 5, n: 7, k: 3, packed: false, repeats: 2 };

afterAll(async () => {
  await field.close();
});

describe('every contestant computes the same', () => {
  it.each([
    { transposeA: false, transposeB: false },
    { transposeA: true, transposeB: false },
    { transposeA: false, transposeB: true },
    { transposeA: true, transposeB: true },
  ])('product, $transposeA $transposeB, to 1e-6', async (transposes) => {
    const workload: ProductWorkload = { kind: 'product', ...sizes, ...transposes };
    const results = await field.measure(workload, productOf(workload), effort, () => true);
    expect(results.map(({ key }) => key)).toEqual(field.keys);
    for (const { rounds } of results) expect(rounds).toHaveLength(2);
  });

  it.each(['tanh', 'add a row', 'sum of columns', 'gather rows', 'transpose'])(
    '%s to 1e-5',
    async (subject) => {
      const places = outputPlaces(subject);
      const values = (await prepareRows('reference', subject)).outputs(places);
      const workload: Workload = { kind: 'rows', subject, repeats: 2 };
      const expected = { places, values, tolerance: 1e-5 };
      const results = await field.measure(workload, expected, effort, () => true);
      expect(results.map(({ key }) => key)).toEqual(field.keys);
    },
  );
});

it('names the contestant whose result is wrong', async () => {
  const workload: ProductWorkload = {
    kind: 'product',
    ...sizes,
    transposeA: false,
    transposeB: false,
  };
  const { places, values, tolerance } = productOf(workload);
  const wrong = { places, values: values.with(-1, 100), tolerance };
  await expect(field.measure(workload, wrong, effort, (key) => key === 'op')).rejects.toThrow(
    /^op: element \d+ must be 100, got -?[\d.]+\.$/,
  );
});

function productOf(workload: ProductWorkload): Expected {
  const expected = expectedProduct(workload);
  return {
    places: expected.map(({ place }) => place),
    values: expected.map(({ value }) => value),
    tolerance: 1e-6,
  };
}
