// SPDX-License-Identifier: Apache-2.0
// N images, H and W rows and columns, C channels: inputs are [N, H, W, C], and so are outputs.
import type { backend_util } from '@tensorflow/tfjs-core';
import { copyWords, mergedAxes } from '../ops/strided-copy.ts';
import type { Host } from './host.ts';

/** What tfjs computes of a convolution's shapes. */
export type ConvInfo = backend_util.Conv2DInfo;

/** Images with their padding: rows and columns of pixels, and where the input's first pixel lies. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly left: number;
  /** The part that is the input. */
  readonly inner: { readonly height: number; readonly width: number };
}

/** Output rows worked on together: whole images, or some rows of one. */
export interface Chunk {
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
}

/** Patches and padded images are made in pieces of about this size. */
const CHUNK_BYTES = 2 ** 21;

/** The padded images that a convolution reads, with `channels` in place of its input's. */
export function planeOf(info: ConvInfo, channels: number = info.inChannels): Plane {
  const { inHeight, inWidth, padInfo } = info;
  const readHeight = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight;
  const readWidth = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth;
  return {
    height: Math.max(padInfo.top + inHeight, readHeight),
    width: Math.max(padInfo.left + inWidth, readWidth),
    channels,
    top: padInfo.top,
    left: padInfo.left,
    inner: { height: inHeight, width: inWidth },
  };
}

/** True when a plane is the input as it lies. */
export function isUnpadded({ height, width, inner }: Plane): boolean {
  return height === inner.height && width === inner.width;
}

/** The bytes of a padded image. */
export function planeBytes({ height, width, channels }: Plane): number {
  return 4 * height * width * channels;
}

/** The bytes of an image of the input. */
export function innerBytes({ inner, channels }: Plane): number {
  return 4 * inner.height * inner.width * channels;
}

/** Copies images of the input into zeros. */
export function pad(host: Host, plane: Plane, images: number, from: number, to: number): void {
  host.kernels.fill(to, (images * planeBytes(plane)) / 4, 0);
  const { inner, width, channels, top, left } = plane;
  for (let i = 0; i < images; i++) {
    host.kernels.copyRows(
      from + i * innerBytes(plane),
      to + i * planeBytes(plane) + 4 * channels * (top * width + left),
      inner.height,
      ...([inner.width * channels, inner.width * channels, width * channels] as const),
    );
  }
}

/** Copies the input's part of padded images out of them. */
export function crop(host: Host, plane: Plane, images: number, from: number, to: number): void {
  const { inner, width, channels, top, left } = plane;
  for (let i = 0; i < images; i++) {
    host.kernels.copyRows(
      from + i * planeBytes(plane) + 4 * channels * (top * width + left),
      to + i * innerBytes(plane),
      inner.height,
      ...([inner.width * channels, width * channels, inner.width * channels] as const),
    );
  }
}

/** Output rows in pieces whose patches take about `CHUNK_BYTES`. */
export function chunksOf(info: ConvInfo): Chunk[] {
  const rowBytes = 4 * info.outWidth * patchLength(info);
  const { images, rows } = chunkLimits(info, rowBytes);
  const chunks: Chunk[] = [];
  for (let image = 0; image < info.batchSize; image += images) {
    for (let row = 0; row < info.outHeight; row += rows) {
      chunks.push({
        image,
        images: Math.min(images, info.batchSize - image),
        row,
        rows: Math.min(rows, info.outHeight - row),
      });
    }
  }
  return chunks;
}

function chunkLimits({ outHeight }: ConvInfo, rowBytes: number): { images: number; rows: number } {
  const rows = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  return rows >= outHeight
    ? { images: Math.max(1, Math.floor(rows / outHeight)), rows: outHeight }
    : { images: 1, rows };
}

/** Elements of the input that one output pixel is made of. */
export function patchLength({ filterHeight, filterWidth, inChannels }: ConvInfo): number {
  return filterHeight * filterWidth * inChannels;
}

/**
 * Writes the patches of a chunk: [pixel, filter row, filter column, channel].
 *
 * @param from address of the padded images, the first of which is the chunk's first.
 */
export function copyPatches(
  host: Host,
  info: ConvInfo,
  { images, row, rows }: Chunk,
  from: number,
  to: number,
): void {
  const { height, width, channels } = planeOf(info);
  const [pixel, line] = [channels, width * channels];
  const shape = [images, rows, info.outWidth, info.filterHeight, info.filterWidth, channels];
  const strides = [
    height * line,
    info.strideHeight * line,
    info.strideWidth * pixel,
    info.dilationHeight * line,
    info.dilationWidth * pixel,
    1,
  ];
  const start = from + 4 * row * info.strideHeight * line;
  copyWords(host.kernels, mergedAxes(shape, strides), start, to);
}
