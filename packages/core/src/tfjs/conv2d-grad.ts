// SPDX-License-Identifier: Apache-2.0
// The gradients of a convolution, as products of matrices: the input's patches P [pixels, patch], the
// output's gradient dY [pixels, outputs] and the filter W [patch, outputs].
import { sizeOf } from '../shape.ts';
import {
  type ConvAttrs,
  convInfoOf,
  inChannelsFirst,
  isGradient,
  type Quad,
  withChannelsLast,
} from './conv-attrs.ts';
import {
  type Chunk,
  type ConvInfo,
  chunksOf,
  copyPatches,
  crop,
  innerBytes,
  isUnpadded,
  type Plane,
  pad,
  patchLength,
  planeBytes,
  planeOf,
} from './conv-plane.ts';
import { defineDropIn } from './drop-in.ts';
import type { Host, Info } from './host.ts';

/** tfjs's gradient for the filter: `dW = Pᵀ · dY`. */
export const conv2dBackpropFilter = defineDropIn<
  { readonly x: Info; readonly dy: Info },
  ConvAttrs & { readonly filterShape: Quad }
>({
  takes: ({ x, dy }, attrs) => isGradient(convInfoOf(x.shape, attrs.filterShape, attrs), dy, x),
  compute(host, { x, dy }, attrs) {
    const info = convInfoOf(x.shape, attrs.filterShape, attrs);
    return withChannelsLast(host, x, attrs, (input) =>
      withChannelsLast(host, dy, attrs, (gradient) => filterGradient(host, info, input, gradient)),
    );
  },
});

/** tfjs's gradient for the input, which is also its transposed convolution: `dP = dY · Wᵀ`. */
export const conv2dBackpropInput = defineDropIn<
  { readonly dy: Info; readonly filter: Info },
  ConvAttrs & { readonly inputShape: Quad }
>({
  takes: ({ dy, filter }, attrs) =>
    isGradient(convInfoOf(attrs.inputShape, filter.shape, attrs), dy, filter),
  compute(host, { dy, filter }, attrs) {
    const info = convInfoOf(attrs.inputShape, filter.shape, attrs);
    const dx = withChannelsLast(host, dy, attrs, (gradient) =>
      inputGradient(host, info, gradient, host.pointer(filter)),
    );
    return inChannelsFirst(host, dx, attrs);
  },
});

function filterGradient(host: Host, info: ConvInfo, x: number, dy: number): Info {
  const { gemm, gemmWorkspace, fill } = host.kernels;
  const [plane, chunks] = [planeOf(info), chunksOf(info)];
  const [patch, outputs] = [patchLength(info), info.outChannels];
  const isPadded = !isUnpadded(plane);
  const isCopied = !isDirect(info, plane);
  const largest = chunks[0] ?? NO_CHUNK;
  const sizes = [
    isPadded ? largest.images * planeBytes(plane) : 0,
    isCopied ? 4 * pixelsOf(info, largest) * patch : 0,
    gemmWorkspace(1, 0, patch, outputs, pixelsOf(info, largest)),
  ];
  return host.blocks(sizes, (padded = 0, patches = 0, workspace = 0) => {
    const dw = host.output(info.filterShape);
    if (chunks.length === 0) fill(dw.pointer, sizeOf(info.filterShape), 0);
    chunks.forEach((chunk, i) => {
      const input = x + chunk.image * innerBytes(plane);
      if (isPadded && chunk.row === 0) pad(host, plane, chunk.images, input, padded);
      const images = isPadded ? padded : input;
      if (isCopied) copyPatches(host, info, chunk, images, patches);
      gemm(
        ...([1, 0, patch, outputs, pixelsOf(info, chunk)] as const),
        ...([isCopied ? patches : images + rowStart(info, plane, chunk), patch] as const),
        ...([dy + gradientStart(info, chunk), outputs, dw.pointer, outputs] as const),
        ...([Number(i > 0), 0, 0, workspace] as const),
      );
    });
    return dw.info;
  });
}

function inputGradient(host: Host, info: ConvInfo, dy: number, filter: number): Info {
  const { gemm, gemmWorkspace, fill, scatterAddRows } = host.kernels;
  const [plane, chunks] = [planeOf(info), chunksOf(info)];
  const [patch, outputs] = [patchLength(info), info.outChannels];
  const isPadded = !isUnpadded(plane);
  const isCopied = !isDirect(info, plane);
  const largest = chunks[0] ?? NO_CHUNK;
  const pixels = pixelsOf(info, largest);
  const parts = pixels * info.filterHeight * info.filterWidth;
  const sizes = [
    isPadded ? largest.images * planeBytes(plane) : 0,
    isCopied ? 4 * pixels * patch : 0,
    isCopied ? 4 * parts : 0,
    gemmWorkspace(0, 1, pixels, patch, outputs),
  ];
  return host.blocks(sizes, (padded = 0, patches = 0, indices = 0, workspace = 0) => {
    const { inHeight, inWidth, inChannels } = info;
    const dx = host.output([info.batchSize, inHeight, inWidth, inChannels]);
    if (isCopied) writePlaces(host.integers(indices, parts), info, plane, largest);
    for (const chunk of chunks) {
      const output = dx.pointer + chunk.image * innerBytes(plane);
      const images = isPadded ? padded : output;
      const words = (chunk.images * planeBytes(plane)) / 4;
      if (isCopied && chunk.row === 0) fill(images, words, 0);
      const rows = images + rowStart(info, plane, chunk);
      gemm(
        ...([0, 1, pixelsOf(info, chunk), patch, outputs] as const),
        ...([dy + gradientStart(info, chunk), outputs, filter, outputs] as const),
        ...([isCopied ? patches : rows, patch, 0, 0, 0, workspace] as const),
      );
      if (!isCopied) continue;
      const count = pixelsOf(info, chunk) * info.filterHeight * info.filterWidth;
      scatterAddRows(patches, indices, rows, count, inChannels);
      const isWhole = chunk.row + chunk.rows === info.outHeight;
      if (isPadded && isWhole) crop(host, plane, chunk.images, padded, output);
    }
    return dx.info;
  });
}

const NO_CHUNK: Chunk = { image: 0, images: 0, row: 0, rows: 0 };

/** True when the patches are the pixels of the input as they lie. */
function isDirect(info: ConvInfo, plane: Plane): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return isUnpadded(plane) && filterHeight * filterWidth * strideHeight * strideWidth === 1;
}

function pixelsOf({ outWidth }: ConvInfo, { images, rows }: Chunk): number {
  return images * rows * outWidth;
}

/** Bytes from an image to the first pixel that a chunk's rows read. */
function rowStart({ strideHeight }: ConvInfo, { width, channels }: Plane, { row }: Chunk): number {
  return 4 * row * strideHeight * width * channels;
}

function gradientStart(info: ConvInfo, { image, row }: Chunk): number {
  return 4 * (image * info.outHeight + row) * info.outWidth * info.outChannels;
}

/** The pixel of the padded images at which each pixel of each patch of a chunk lies. */
function writePlaces(to: Int32Array, info: ConvInfo, plane: Plane, chunk: Chunk): void {
  let at = 0;
  for (let image = 0; image < chunk.images; image++) {
    for (let row = 0; row < chunk.rows; row++) {
      for (let column = 0; column < info.outWidth; column++) {
        for (let y = 0; y < info.filterHeight; y++) {
          const line = image * plane.height + row * info.strideHeight + y * info.dilationHeight;
          const start = line * plane.width + column * info.strideWidth;
          for (let x = 0; x < info.filterWidth; x++) to[at++] = start + x * info.dilationWidth;
        }
      }
    }
  }
}
