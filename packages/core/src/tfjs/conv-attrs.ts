// SPDX-License-Identifier: Apache-2.0
import { backend_util } from '@tensorflow/tfjs-core';
import { type Shape, sameShape } from '../shape.ts';
import type { ConvInfo } from './conv-plane.ts';
import type { Host, Info } from './host.ts';
import { permute } from './transpose.ts';

/** Rows and columns, or one number for both. */
export type Pair = [rows: number, columns: number] | number;

/** A shape with four dimensions. */
export type Quad = [number, number, number, number];

/** The attributes that tfjs's convolutions share. */
export interface ConvAttrs {
  readonly strides: Pair;
  readonly dilations?: Pair;
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NHWC' | 'NCHW';
}

/** What tfjs computes of the shapes. `depthwise` filters are [rows, columns, channels, multiplier]. */
export function convInfoOf(
  inputShape: Shape,
  filterShape: Shape,
  attrs: ConvAttrs,
  depthwise = false,
): ConvInfo {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' } = attrs;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  return backend_util.computeConv2DInfo(
    ...([quad(inputShape), quad(filterShape), strides, dilations, pad] as const),
    ...([dimRoundingMode, depthwise, format] as const),
  );
}

/** True for float32 tensors and a gradient of the shape that the convolution's output has. */
export function isGradient(info: ConvInfo, dy: Info, other: Info): boolean {
  const areFloats = dy.dtype === 'float32' && other.dtype === 'float32';
  return areFloats && sameShape(dy.shape, info.outShape);
}

/** Lends the address of images as [images, rows, columns, channels]. */
export function withChannelsLast<T>(
  host: Host,
  images: Info,
  { dataFormat }: ConvAttrs,
  use: (pointer: number) => T,
): T {
  if (dataFormat !== 'NCHW') return use(host.pointer(images));
  const moved = permute(host, images, [0, 2, 3, 1]);
  return host.releasing(moved, () => use(host.pointer(moved)));
}

/** Turns a result's channels first where the call asks for it; takes the result over. */
export function inChannelsFirst(host: Host, images: Info, { dataFormat }: ConvAttrs): Info {
  if (dataFormat !== 'NCHW') return images;
  return host.releasing(images, () => permute(host, images, [0, 3, 1, 2]));
}

function quad([a = 1, b = 1, c = 1, d = 1]: Shape): Quad {
  return [a, b, c, d];
}
