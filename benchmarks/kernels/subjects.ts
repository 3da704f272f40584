// SPDX-License-Identifier: Apache-2.0
import type { Kernels } from '@tapeloop/core/kernels';
import { elements as n, rows, width } from './workload.ts';

/** Addresses of the operands that a subject may use. */
export interface Operands {
  readonly x: number;
  readonly y: number;
  readonly indices: number;
  /** As many floats as `x` has, zeros at first. */
  readonly out: number;
  readonly out2: number;
  readonly out3: number;
  readonly out4: number;
}

/** A call of a kernel whose result is at `out`. */
export type Subject = (kernels: Kernels, operands: Operands) => void;

const sameShape = [1, 1, n, 0, 0, 1, 0, 0, 1] as const;
const rowRight = [1, rows, width, 0, width, 1, 0, 0, 1] as const;
const stream = [1, 2, 3, 4, 5, 6] as const;

/** What is measured besides products and sequences. */
export const subjects: Readonly<Record<string, Subject>> = {
  exp: (k, { x, out }) => k.exp(x, out, n),
  log: (k, { y, out }) => k.log(y, out, n),
  tanh: (k, { x, out }) => k.tanh(x, out, n),
  sigmoid: (k, { x, out }) => k.sigmoid(x, out, n),
  erf: (k, { x, out }) => k.erf(x, out, n),
  softplus: (k, { x, out }) => k.softplus(x, out, n),
  silu: (k, { x, out }) => k.silu(x, out, n),
  'gelu tanh': (k, { x, out }) => k.geluTanh(x, out, n),
  'gelu erf': (k, { x, out }) => k.geluErf(x, out, n),
  relu: (k, { x, out }) => k.relu(x, out, n),
  'tanh gradient': (k, { x, y, out }) => k.tanhGrad(y, x, out, n),
  'gelu erf gradient': (k, { x, y, out }) => k.geluErfGrad(x, y, out, n),
  add: (k, { x, y, out }) => k.add(x, y, out, ...sameShape),
  'add a row': (k, { x, y, out }) => k.add(x, y, out, ...rowRight),
  'add in place': (k, { x, out }) => k.addInPlace(out, x, n),
  pow: (k, { x, y, out }) => k.pow(y, x, out, ...sameShape),
  greater: (k, { x, y, out }) => k.greater(x, y, out, ...sameShape),
  'sum of all': (k, { x, out }) => k.sum(x, out, 1, n, 1),
  'sum of rows': (k, { x, out }) => k.sum(x, out, rows, width, 1),
  'sum of columns': (k, { x, out }) => k.sum(x, out, 1, rows, width),
  'max of rows': (k, { x, out }) => k.max(x, out, rows, width, 1),
  softmax: (k, { x, out }) => k.softmax(x, out, rows, width),
  'softmax cross-entropy': (k, { x, indices, out, out2 }) =>
    k.softmaxCrossEntropy(x, indices, 0, out2, out, rows, width),
  'layer norm': (k, { x, y, out, out2 }) =>
    k.layerNorm(x, y, y, out, out2, out2 + 4 * rows, rows, width, 1e-5),
  'philox uniform': (k, { out }) => k.philoxUniform(out, n, ...stream),
  'philox dropout': (k, { x, out }) => k.philoxDropout(x, out, n, 0.5, 2, ...stream),
  'gather rows': (k, { x, indices, out }) => k.gatherRows(x, indices, out, rows, width),
  'scatter-add rows': (k, { x, indices, out }) => k.scatterAddRows(x, indices, out, rows, width),
  transpose: (k, { x, out }) => k.transpose(x, out, 1, rows, width),
  'Adam update': (k, { x, y, out, out2, out3 }) =>
    k.adamUpdate(y, x, out2, out3, out, n, 1e-3, 0.9, 0.999, 1, 1e-7, 0, 0, 1),
  'AMSGrad update': (k, { x, y, out, out2, out3, out4 }) =>
    k.amsgradUpdate(y, x, out2, out3, out4, out, n, 1e-3, 0.9, 0.999, 1, 1e-7, 1),
  'NAdam update': (k, { x, y, out, out2, out3 }) =>
    k.nadamUpdate(y, x, out2, out3, out, n, 1e-3, 1e-4, 0.9, 0.999, 1, 1e-7, 1),
  'AdaMax update': (k, { x, y, out, out2, out3 }) =>
    k.adamaxUpdate(y, x, out2, out3, out, n, 1e-3, 0.9, 0.999, 1e-7, 1),
  'Lion update': (k, { x, y, out, out2 }) =>
    k.lionUpdate(y, x, out2, out, n, 1e-3, 0.9, 0.99, 1e-4, 1),
  'Adagrad update': (k, { x, y, out, out2 }) => k.adagradUpdate(y, x, out2, out, n, 1e-3, 1e-7, 1),
  'RMSprop update': (k, { x, y, out, out2 }) =>
    k.rmspropUpdate(y, x, out2, 0, 0, out, n, 1e-3, 0.9, 0, 1e-7, 0, 1),
  'Adadelta update': (k, { x, y, out, out2, out3 }) =>
    k.adadeltaUpdate(y, x, out2, out3, out, n, 1, 0.9, 1e-6, 1),
};

/** Where the results of a subject lie that are compared: all of them. */
export function outputPlaces(subject: string): number[] {
  return Array.from({ length: outputSize(subject) }, (_, i) => i);
}

/** The elements at `out`: floats, or the bytes of a comparison. */
export function readOutputs(
  buffer: ArrayBuffer,
  { out }: Operands,
  subject: string,
  places: readonly number[],
): number[] {
  const values =
    subject === 'greater' ? new Uint8Array(buffer, out) : new Float32Array(buffer, out);
  return places.map((place) => values[place] ?? Number.NaN);
}

function outputSize(subject: string): number {
  if (subject === 'sum of all') return 1;
  if (subject === 'sum of rows' || subject === 'max of rows') return rows;
  if (subject === 'sum of columns') return width;
  return n;
}
