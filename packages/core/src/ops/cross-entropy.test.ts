// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DTypeError,
  grad,
  init,
  type Shape,
  ShapeError,
  softmaxCrossEntropy,
  sum,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from '../index.ts';
import { closeTo, expectNoLeaks, sines, trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** −log softmax(row)[label] in float64. */
function reference(logits: Tensor, labels: Tensor): number[] {
  const [x, classes] = [logits.data(), logits.shape.at(-1) ?? 0];
  return Array.from(labels.data(), (label, row) => {
    const line = [...x.slice(row * classes, (row + 1) * classes)];
    const greatest = Math.max(...line);
    const total = line.reduce((sum, value) => sum + Math.exp(value - greatest), 0);
    return greatest + Math.log(total) - (line[label] ?? nan);
  });
}

/** Labels that visit all classes. */
function labelsOf(shape: Shape, classes: number): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Int32Array.from({ length: count }, (_, i) => (i * 7) % classes),
    shape,
  );
}

const total = (values: number[]) => values.reduce((a, b) => a + b, 0);

describe.each([
  { batch: [], classes: 5 },
  { batch: [4], classes: 1 },
  { batch: [9], classes: 65 },
  { batch: [3, 5], classes: 11 },
  { batch: [0], classes: 3 },
])('$batch of $classes classes', ({ batch, classes }) => {
  const point = () => {
    const logits = sines([...batch, classes], { start: 1, scale: 10 });
    return { logits, labels: labelsOf(batch, classes) };
  };

  test('each loss is within 1e-5 of float64', () => {
    const { logits, labels } = point();
    const losses = softmaxCrossEntropy(logits, labels, { reduction: 'none' });
    expect(losses.shape).toEqual(batch);
    closeTo(losses, reference(logits, labels), { relative: 1e-6, absolute: 1e-5 });
  });

  test('sum and mean, which is the default', () => {
    const { logits, labels } = point();
    const expected = total(reference(logits, labels));
    closeTo(softmaxCrossEntropy(logits, labels, { reduction: 'sum' }), [expected], {
      absolute: 1e-4,
    });
    const mean = expected / Math.max(1, labels.size);
    closeTo(softmaxCrossEntropy(logits, labels), [mean], { absolute: 1e-5 });
  });

  test('the gradient of the sum is softmax − oneHot', () => {
    const { logits, labels } = point();
    const dx = grad((x) => softmaxCrossEntropy(x, labels, { reduction: 'sum' }))(logits);
    const expected = Array.from(logits.data(), (value, i) => {
      const row = Math.floor(i / classes);
      const line = [...logits.data().slice(row * classes, (row + 1) * classes)];
      const exponentials = total(line.map((other) => Math.exp(other - value)));
      return 1 / exponentials - Number(labels.data()[row] === i % classes);
    });
    closeTo(dx, expected, { relative: 1e-5, absolute: 1e-6 });
  });
});

test('large logits do not overflow', () => {
  const logits = tensor([
    [1e4, -1e4],
    [1e4, -1e4],
  ]);
  const losses = softmaxCrossEntropy(logits, tensor([0, 1], [2], 'int32'), { reduction: 'none' });
  closeTo(losses, [0, 2e4]);
});

describe('mask', () => {
  const mask = () =>
    tensor([
      [true, false],
      [false, true],
      [true, true],
    ]);
  const logits = () => sines([3, 2, 4], { start: 1, scale: 3 });

  test('the mean is over what is there; what is not has loss 0, whatever its label', () => {
    const labels = tensor(
      [
        [0, -1],
        [99, 3],
        [2, 1],
      ],
      [3, 2],
      'int32',
    );
    const safe = tensor(
      [
        [0, 0],
        [0, 3],
        [2, 1],
      ],
      [3, 2],
      'int32',
    );
    const all = reference(logits(), safe);
    const there = [0, 3, 4, 5].map((i) => all[i] ?? nan);
    const none = softmaxCrossEntropy(logits(), labels, { mask: mask(), reduction: 'none' });
    closeTo(
      none,
      all.map((loss, i) => ([1, 2].includes(i) ? 0 : loss)),
      { absolute: 1e-5 },
    );
    closeTo(softmaxCrossEntropy(logits(), labels, { mask: mask() }), [total(there) / 4], {
      absolute: 1e-5,
    });
  });

  test('masked entries get no gradient, even where their logits are NaN', () => {
    const values = logits().data();
    values.fill(nan, 4, 12);
    const labels = zeros([3, 2], 'int32');
    const dx = grad((x) => softmaxCrossEntropy(x, labels, { mask: mask() }))(
      tensor(values, [3, 2, 4]),
    );
    const gradient = [...dx.data()];
    expect(gradient.slice(4, 12)).toEqual(new Array(8).fill(0));
    expect(gradient.every(Number.isFinite)).toBe(true);
    // The gradients of a softmax sum to 0 in each row; those of the first label are negative.
    expect(total(gradient.slice(0, 4))).toBeCloseTo(0, 6);
    expect(gradient[0]).toBeLessThan(0);
  });

  test('when all is masked the mean is 0 and so is its gradient', () => {
    const nothing = zeros([3, 2], 'bool');
    const loss = (x: Tensor) => softmaxCrossEntropy(x, zeros([3, 2], 'int32'), { mask: nothing });
    expect(loss(logits()).item()).toBe(0);
    closeTo(grad(loss)(logits()), new Float32Array(24));
  });
});

test('−Infinity forbids a class', () => {
  const logits = tensor([[0, -inf, 0]]);
  closeTo(softmaxCrossEntropy(logits, zeros([1], 'int32')), [Math.LN2]);
  const dx = grad((x) => sum(softmaxCrossEntropy(x, zeros([1], 'int32'))))(logits);
  closeTo(dx, [-0.5, 0, 0.5]);
});

test('a label out of range is named with its position', () => {
  expectNoLeaks(() => {
    const logits = zeros([2, 3, 5]);
    const labels = tensor(
      [
        [0, 1, 2],
        [3, 5, -1],
      ],
      [2, 3],
      'int32',
    );
    const mask = tensor([
      [true, true, true],
      [true, false, true],
    ]);
    const run = () => softmaxCrossEntropy(logits, labels);
    expect(run).toThrow(ValueError);
    expect(run).toThrow(
      'softmaxCrossEntropy: labels[1, 1] must be in [0, 5), got 5. Leave padding out with a mask.',
    );
    expect(() => softmaxCrossEntropy(logits, labels, { mask })).toThrow(
      'labels[1, 2] must be in [0, 5), got -1',
    );
    for (const tensor of [logits, labels, mask]) tensor.dispose();
  });
});

test('shapes and dtypes that do not fit', () => {
  const logits = zeros([2, 3]);
  const labels = zeros([2], 'int32');
  expect(() => softmaxCrossEntropy(logits, zeros([3], 'int32'))).toThrow(
    "softmaxCrossEntropy: labels must be of the logits' shape without its last axis, got labels [3] for logits [2,3].",
  );
  expect(() => softmaxCrossEntropy(tensor(1), tensor(0, [], 'int32'))).toThrow(ShapeError);
  expect(() => softmaxCrossEntropy(logits, zeros([2]))).toThrow(DTypeError);
  expect(() => softmaxCrossEntropy(logits, labels, { mask: zeros([2]) })).toThrow(
    'mask must be of dtype bool',
  );
  expect(() => softmaxCrossEntropy(logits, labels, { mask: zeros([2, 1], 'bool') })).toThrow(
    "mask must be of the labels' shape [2], got [2,1]",
  );
});
