// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { expectClose } from './expect-close-testing.ts';
import { cosines, createTestHeap, forEachBuild, sines, type TestHeap } from './testing.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const widths = [1, 2, 3, 4, 5, 7, 15, 16, 17, 19, 32, 48, 51, 2100];
const rows = 5;

forEachBuild('softmax cross-entropy', (build) => {
  test.each(widths)(
    'loss and probabilities of %i classes: error < 5e-7 of max(1, |y|)',
    async (n) => {
      for (const misalign of [0, 4, 12]) {
        for (const masked of [false, true]) {
          const heap = await createTestHeap(build, 8);
          const values = cosines(rows * n).map((value) => 6 * value);
          const x = heap.input(values, { misalign });
          const inPlace = heap.output(values);
          const labels = heap.inputInts(labelsFor(n), { misalign: 8 });
          const mask = masked ? inputBytes(heap, [1, 0, 255, 1, 0]) : 0;
          const losses = [1, 2, 3].map(() => heap.output(rows, { misalign }));
          const probs = heap.output(rows * n, { misalign: 4 });
          const { got, want } = heap.compare(
            (kernels) => {
              kernels.softmaxCrossEntropy(x, labels, mask, losses[0] ?? 0, probs, rows, n);
              kernels.softmaxCrossEntropy(x, labels, mask, losses[1] ?? 0, 0, rows, n);
              kernels.softmaxCrossEntropy(inPlace, labels, mask, losses[2] ?? 0, inPlace, rows, n);
            },
            () => [
              ...losses.map((loss) => heap.floats(loss, rows)),
              heap.floats(probs, rows * n),
              heap.floats(inPlace, rows * n),
            ],
          );
          for (const [k, result] of got.entries()) expectClose(result, want[k] ?? [], 5e-7);
          expect(got[1]).toEqual(got[0]);
          expect(got[2]).toEqual(got[0]);
          expect(got[4]).toEqual(got[3]);
        }
      }
    },
  );

  test.each(widths)('gradient of %i classes: error < 1.2e-7 · |dloss|', async (n) => {
    for (const misalign of [0, 4, 12]) {
      for (const masked of [false, true]) {
        const heap = await createTestHeap(build, 8);
        const probs = heap.output(cosines(rows * n), { misalign });
        heap.reference.softmax(probs, probs, rows, n);
        const labels = heap.inputInts(labelsFor(n));
        const dloss = heap.input(sines(rows, 1), { misalign: 4 });
        const mask = masked ? inputBytes(heap, [1, 0, 255, 1, 0]) : 0;
        for (const dlogits of [heap.output(rows * n, { misalign: 8 }), probs]) {
          const { got, want } = heap.compare(
            (kernels) =>
              kernels.softmaxCrossEntropyGrad(probs, labels, mask, dloss, dlogits, rows, n),
            () => heap.floats(dlogits, rows * n),
          );
          expectClose(got, want, 1.2e-7);
        }
      }
    }
  });

  test('the gradient is the slope of the loss: central differences agree to 1e-3', async () => {
    const [n, step] = [7, 1e-2];
    const values = cosines(n);
    const lossAt = async (logits: Float32Array) => {
      const heap = await createTestHeap(build, 1);
      const [x, label, loss] = [heap.input(logits), heap.inputInts([3]), heap.output(1)];
      heap.kernels.softmaxCrossEntropy(x, label, 0, loss, 0, 1, n);
      return heap.floats(loss, 1)[0] ?? nan;
    };
    const heap = await createTestHeap(build, 1);
    const [x, label, loss] = [heap.output(values), heap.inputInts([3]), heap.output([1])];
    heap.kernels.softmaxCrossEntropy(x, label, 0, loss, x, 1, n);
    const one = heap.input([1]);
    heap.kernels.softmaxCrossEntropyGrad(x, label, 0, one, x, 1, n);
    for (const [i, slope] of heap.floats(x, n).entries()) {
      const [up, down] = [values.slice(), values.slice()];
      up[i] = (up[i] ?? nan) + step;
      down[i] = (down[i] ?? nan) - step;
      const difference = ((await lossAt(up)) - (await lossAt(down))) / (2 * step);
      expect(Math.abs(slope - difference)).toBeLessThan(1e-3);
    }
  });

  test('a masked row gives 0 even with NaN, Infinity and a label out of range; an unmasked one NaN', async () => {
    const n = 18;
    const values = cosines(3 * n);
    values.fill(nan, 0, 2);
    values.fill(inf, n, n + 2);
    values.fill(nan, 2 * n, 2 * n + 1);
    const heap = await createTestHeap(build, 1);
    const x = heap.input(values);
    const labels = heap.inputInts([-5, 10_000, 3]);
    const mask = inputBytes(heap, [0, 0, 1]);
    const [loss, probs] = [heap.output(3), heap.output(3 * n)];
    heap.kernels.softmaxCrossEntropy(x, labels, mask, loss, probs, 3, n);
    expect([...heap.floats(loss, 3)]).toEqual([0, 0, nan]);
    expect(heap.floats(probs, 2 * n)).toEqual(new Float32Array(2 * n));
    const dloss = heap.input([nan, inf, 1]);
    heap.kernels.softmaxCrossEntropyGrad(x, labels, mask, dloss, probs, 3, n);
    expect(heap.floats(probs, 2 * n)).toEqual(new Float32Array(2 * n));
  });

  test('the loss of a certain right answer is 0, of a certain wrong one its distance', async () => {
    const heap = await createTestHeap(build, 1);
    const x = heap.input([200, 0, 0, 0, 200, 0, 0, 0]);
    const [labels, loss] = [heap.inputInts([0, 1]), heap.output(2)];
    heap.kernels.softmaxCrossEntropy(x, labels, 0, loss, 0, 2, 4);
    expect([...heap.floats(loss, 2)]).toEqual([0, 200]);
  });
});

function labelsFor(n: number): number[] {
  return Array.from({ length: rows }, (_, row) => (row * 7 + n - 1) % n);
}

function inputBytes(heap: TestHeap, bytes: readonly number[]): number {
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return heap.inputInts(words);
}
