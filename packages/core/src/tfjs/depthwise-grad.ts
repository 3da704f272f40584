// SPDX-License-Identifier: Apache-2.0
// The gradients of a depthwise convolution, tap by tap: a tap is one place of the filter, a row of one
// weight for each output channel. Output channel c · Q + q belongs to input channel c, q < Q.
import type { BroadcastKernel } from '../kernels/reference/binary.ts';
import { copyWords } from '../ops/strided-copy.ts';
import { sizeOf } from '../shape.ts';
import { type ConvAttrs, convInfoOf, isGradient, type Quad } from './conv-attrs.ts';
import {
  type ConvInfo,
  crop,
  innerBytes,
  type Plane,
  pad,
  planeBytes,
  planeOf,
} from './conv-plane.ts';
import { defineDropIn } from './drop-in.ts';
import type { Host, Info } from './host.ts';

/** tfjs's gradient for the filter: `dW[tap] = Σ x · dY` over the pixels that the tap reads. */
export const depthwiseBackpropFilter = defineDropIn<
  { readonly x: Info; readonly dy: Info },
  ConvAttrs & { readonly filterShape: Quad }
>({
  takes: ({ x, dy }, attrs) =>
    isGradient(convInfoOf(x.shape, attrs.filterShape, attrs, true), dy, x),
  compute(host, { x, dy }, attrs) {
    const info = convInfoOf(x.shape, attrs.filterShape, attrs, true);
    return filterGradient(host, info, host.pointer(x), host.pointer(dy));
  },
});

/** tfjs's gradient for the input: every tap adds `dY · W[tap]` to the pixels that it reads. */
export const depthwiseBackpropInput = defineDropIn<
  { readonly dy: Info; readonly filter: Info },
  ConvAttrs & { readonly inputShape: Quad }
>({
  takes: ({ dy, filter }, attrs) =>
    isGradient(convInfoOf(attrs.inputShape, filter.shape, attrs, true), dy, filter),
  compute(host, { dy, filter }, attrs) {
    const info = convInfoOf(attrs.inputShape, filter.shape, attrs, true);
    return inputGradient(host, info, host.pointer(dy), host.pointer(filter));
  },
});

function filterGradient(host: Host, info: ConvInfo, x: number, dy: number): Info {
  const { mul, sum, addInPlace, fill } = host.kernels;
  const { outHeight, outWidth, outChannels: channels } = info;
  const [input, repeated] = [planeOf(info), planeOf(info, channels)];
  const pixels = outHeight * outWidth;
  const sizes = [planeBytes(repeated), innerBytes(repeated), 4 * pixels * channels, 4 * channels];
  return host.blocks(sizes, (padded = 0, image = 0, products = 0, row = 0) => {
    const dw = host.output(info.filterShape);
    fill(dw.pointer, sizeOf(info.filterShape), 0);
    for (let i = 0; i < info.batchSize; i++) {
      const from = x + i * innerBytes(input);
      repeatChannels(host, info, from, image);
      pad(host, repeated, 1, image, padded);
      const gradient = dy + 4 * i * pixels * channels;
      for (const { place, weights } of tapsOf(info, repeated)) {
        multiplyWindow(mul, info, repeated, padded + 4 * place, gradient, products);
        sum(products, row, 1, pixels, channels);
        addInPlace(dw.pointer + 4 * weights, row, channels);
      }
    }
    return dw.info;
  });
}

function inputGradient(host: Host, info: ConvInfo, dy: number, filter: number): Info {
  const { mul, sum, fill, scatterAddRows } = host.kernels;
  const { outHeight, outWidth, outChannels: channels, inChannels } = info;
  const [input, repeated] = [planeOf(info), planeOf(info, channels)];
  const pixels = outHeight * outWidth;
  const sizes = [planeBytes(repeated), planeBytes(input), 4 * pixels * channels, 4 * pixels];
  return host.blocks(sizes, (padded = 0, summed = 0, products = 0, places = 0) => {
    const dx = host.output([info.batchSize, info.inHeight, info.inWidth, inChannels]);
    writePlaces(host.integers(places, pixels), info, repeated);
    for (let i = 0; i < info.batchSize; i++) {
      const gradient = dy + 4 * i * pixels * channels;
      fill(padded, planeBytes(repeated) / 4, 0);
      for (const { place, weights } of tapsOf(info, repeated)) {
        const tap = filter + 4 * weights;
        mul(gradient, tap, products, 1, pixels, channels, 0, channels, 1, 0, 0, 1);
        scatterAddRows(products, places, padded + 4 * place, pixels, channels);
      }
      sum(padded, summed, planeBytes(input) / 4, channels / inChannels, 1);
      crop(host, input, 1, summed, dx.pointer + i * innerBytes(input));
    }
    return dx.info;
  });
}

/** Where a tap reads first in a padded image, and where its weights are, both in elements. */
interface Tap {
  readonly place: number;
  readonly weights: number;
}

function tapsOf(info: ConvInfo, { width, channels }: Plane): Tap[] {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = info;
  return Array.from({ length: filterHeight * filterWidth }, (_, i) => {
    const [y, x] = [Math.floor(i / filterWidth), i % filterWidth];
    const place = (y * dilationHeight * width + x * dilationWidth) * channels;
    return { place, weights: i * channels };
  });
}

/** One image with every channel Q times. */
function repeatChannels(host: Host, info: ConvInfo, from: number, to: number): void {
  const elements = info.inHeight * info.inWidth * info.inChannels;
  const repeats = info.outChannels / info.inChannels;
  copyWords(
    host.kernels,
    [
      { size: elements, stride: 1 },
      { size: repeats, stride: 0 },
    ],
    from,
    to,
  );
}

/** The output's pixels times those that a tap reads. */
function multiplyWindow(
  mul: BroadcastKernel,
  { outHeight, outWidth, outChannels: channels, strideHeight, strideWidth }: ConvInfo,
  { width }: Plane,
  window: number,
  gradient: number,
  out: number,
): void {
  mul(
    ...([window, gradient, out, outHeight, outWidth, channels] as const),
    ...([strideHeight * width * channels, strideWidth * channels, 1] as const),
    ...([outWidth * channels, channels, 1] as const),
  );
}

/** The pixel of a padded image at which the first tap reads for each pixel of the output. */
function writePlaces(to: Int32Array, info: ConvInfo, { width }: Plane): void {
  for (let i = 0; i < to.length; i++) {
    const [row, column] = [Math.floor(i / info.outWidth), i % info.outWidth];
    to[i] = row * info.strideHeight * width + column * info.strideWidth;
  }
}
