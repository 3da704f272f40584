// SPDX-License-Identifier: Apache-2.0
// The gradients of convolutions.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accelerateTfjs } from './accelerate.ts';
import { type Case, compareWithCpu } from './testing.ts';

type Quad = [number, number, number, number];
type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

interface Convolution {
  readonly x: Quad;
  readonly filter: Quad;
  readonly stride: number | [number, number];
  readonly pad: Pad;
}

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await accelerateTfjs();
});

const sidePads: Pad = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
];
const convolutions: readonly Convolution[] = [
  { x: [2, 5, 6, 3], filter: [3, 3, 3, 4], stride: 1, pad: 'same' },
  { x: [3, 7, 7, 2], filter: [3, 2, 2, 3], stride: 2, pad: 'valid' },
  { x: [2, 8, 5, 4], filter: [1, 1, 4, 5], stride: 1, pad: 'valid' },
  { x: [2, 8, 5, 4], filter: [1, 1, 4, 2], stride: 2, pad: 'same' },
  { x: [1, 9, 9, 1], filter: [5, 5, 1, 2], stride: 3, pad: 'same' },
  { x: [2, 6, 7, 2], filter: [2, 3, 2, 1], stride: [1, 2], pad: 1 },
  { x: [2, 6, 7, 2], filter: [2, 3, 2, 6], stride: [2, 1], pad: sidePads },
  { x: [2, 4, 4, 5], filter: [4, 4, 5, 2], stride: 1, pad: 'same' },
  { x: [0, 4, 4, 5], filter: [3, 3, 5, 2], stride: 1, pad: 'same' },
  // More rows, and more images, than are worked on at once.
  { x: [1, 60, 60, 16], filter: [3, 3, 16, 2], stride: 1, pad: 'same' },
  { x: [1, 61, 60, 16], filter: [3, 3, 16, 2], stride: 1, pad: 'valid' },
  { x: [40, 12, 12, 8], filter: [3, 3, 8, 2], stride: 1, pad: 'same' },
];

/** A call for each convolution, the gradient of the output as its input `dy`. */
function calls(isDepthwise: boolean, inputs: 'x' | 'filter'): Case[] {
  return convolutions.map(({ x, filter, stride, pad }) => {
    const rounding = typeof pad === 'string' ? undefined : 'floor';
    const padding = pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
    const { outShape } = tf.backend_util.computeConv2DInfo(
      ...([x, filter, stride, 1, padding, rounding, isDepthwise] as const),
    );
    const attrs: tf.NamedAttrMap = {
      ...{ strides: stride, dilations: 1, pad: pad as number, dataFormat: 'NHWC' },
      ...(rounding ? { dimRoundingMode: rounding } : {}),
      ...{ filterShape: filter, inputShape: x },
    };
    return {
      title: `x ${x}; filter ${filter}; stride ${stride}; pad ${JSON.stringify(pad)}`,
      inputs: inputs === 'x' ? { x, dy: outShape } : { dy: outShape, filter },
      attrs,
    };
  });
}

describe('Conv2DBackpropFilter is that of the CPU backend to 1e-4', () => {
  test.each(calls(false, 'x'))('$title', (example) =>
    compareWithCpu('Conv2DBackpropFilter', example, 1e-4),
  );
});

describe('Conv2DBackpropInput is that of the CPU backend to 1e-5', () => {
  test.each(calls(false, 'filter'))('$title', (example) =>
    compareWithCpu('Conv2DBackpropInput', example, 1e-5),
  );
});

describe('DepthwiseConv2dNativeBackpropFilter is that of the CPU backend to 1e-4', () => {
  test.each(calls(true, 'x'))('$title', (example) =>
    compareWithCpu('DepthwiseConv2dNativeBackpropFilter', example, 1e-4),
  );
});

describe('DepthwiseConv2dNativeBackpropInput is that of the CPU backend to 1e-5', () => {
  test.each(calls(true, 'filter'))('$title', (example) =>
    compareWithCpu('DepthwiseConv2dNativeBackpropInput', example, 1e-5),
  );
});

describe('channels first', () => {
  const x: Quad = [2, 3, 6, 5];
  const filter: Quad = [3, 2, 3, 4];
  const attrs = { strides: 2, pad: 'same', dataFormat: 'NCHW', filterShape: filter, inputShape: x };
  const dy: Quad = [2, 4, 3, 3];
  test.each([
    ['Conv2DBackpropFilter', { title: '', inputs: { x, dy }, attrs }],
    ['Conv2DBackpropInput', { title: '', inputs: { dy, filter }, attrs }],
  ])('%s is that of the CPU backend to 1e-5', (name, example) =>
    compareWithCpu(name, example, 1e-5),
  );
});

// tfjs's CPU backend reads the filter's gradient as if dilations were 1, so it is no oracle here.
describe('dilated depthwise convolution: the gradients are those of its sum with dy', () => {
  const [xShape, filterShape]: [Quad, Quad] = [
    [2, 9, 8, 3],
    [3, 2, 3, 2],
  ];
  const attrs = { strides: 1, dilations: 2, pad: 'same', filterShape, inputShape: xShape };
  const x = cosines(xShape, 0);
  const filter = cosines(filterShape, 1);
  const dy = cosines([2, 9, 8, 6], 2);

  // The sum is linear in each, so a difference quotient has no truncation error.
  test.each([
    ['DepthwiseConv2dNativeBackpropInput', 'x', x, 1e-4],
    ['DepthwiseConv2dNativeBackpropFilter', 'filter', filter, 1e-4],
  ] as const)('%s, by differences to %s', (name, changed, values, bound) => {
    tf.tidy(() => {
      const tensors = {
        x: of(x, xShape),
        filter: of(filter, filterShape),
        dy: of(dy, [2, 9, 8, 6]),
      };
      const inputs: Record<string, tf.Tensor> =
        changed === 'x'
          ? { dy: tensors.dy, filter: tensors.filter }
          : { x: tensors.x, dy: tensors.dy };
      const gradient = tf.engine().runKernel(name, inputs, attrs);
      if (Array.isArray(gradient)) throw new Error('one output was expected.');
      const got = gradient.dataSync();
      for (let i = 0; i < values.length; i += 7) {
        const unit = values.map((_, j) => (i === j ? 1 : 0));
        const sum = dot(
          changed === 'x' ? unit : x,
          changed === 'filter' ? unit : filter,
          dy,
          xShape,
          filterShape,
        );
        expect(Math.abs((got[i] ?? Number.NaN) - sum)).toBeLessThan(bound * (1 + Math.abs(sum)));
      }
    });
  });
});

/** Σ dy · depthwise(x, filter), rate 2, pad same, in float64. */
function dot(
  x: readonly number[],
  filter: readonly number[],
  dy: readonly number[],
  [images, rows, columns, channels]: Quad,
  [height, width, , multiplier]: Quad,
): number {
  const [top, left] = [height - 1, width - 1];
  let [sum, at] = [0, 0];
  for (let n = 0; n < images; n++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        for (let d = 0; d < channels * multiplier; d++) {
          const channel = Math.floor(d / multiplier);
          for (let i = 0; i < height; i++) {
            for (let j = 0; j < width; j++) {
              const [y, z] = [r + 2 * i - top, c + 2 * j - left];
              if (y < 0 || y >= rows || z < 0 || z >= columns) continue;
              const pixel = x[((n * rows + y) * columns + z) * channels + channel] ?? 0;
              const weight = filter[(i * width + j) * channels * multiplier + d] ?? 0;
              sum += pixel * weight * (dy[at] ?? 0);
            }
          }
          at++;
        }
      }
    }
  }
  return sum;
}

function cosines(shape: readonly number[], phase: number): number[] {
  return Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => Math.cos(i + phase));
}

function of(values: readonly number[], shape: Quad): tf.Tensor {
  return tf.tensor([...values], shape);
}
