// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';
import type { ActivationGradKernel, ActivationGradKernels } from '../reference/activation-grad.ts';
import type { BinaryKernels, BroadcastKernel, BroadcastLoops } from '../reference/binary.ts';
import type { CompareKernels } from '../reference/compare.ts';
import type { UnaryKernel, UnaryKernels } from '../reference/unary.ts';
import { type KernelCheck, lengths, rounding, waves } from './check-heap.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const special = [nan, inf, -inf, 0, -0, 1, -1, 1e-40, 3e38, -3e38];

/** The checks of elementwise functions, out of place and in place. */
export const elementwiseChecks: Record<
  keyof UnaryKernels | keyof ActivationGradKernels | keyof BinaryKernels | keyof CompareKernels,
  KernelCheck
> = {
  exp: unary((k) => k.exp, rounding),
  expm1: unary((k) => k.expm1, rounding),
  log: unary((k) => k.log, rounding, 9.1),
  log1p: unary((k) => k.log1p, rounding, 8.1),
  tanh: unary((k) => k.tanh, rounding),
  sigmoid: unary((k) => k.sigmoid, rounding),
  erf: unary((k) => k.erf, rounding),
  softplus: unary((k) => k.softplus, rounding),
  silu: unary((k) => k.silu, rounding),
  geluTanh: unary((k) => k.geluTanh, rounding),
  geluErf: unary((k) => k.geluErf, rounding),
  rsqrt: unary((k) => k.rsqrt, rounding, 9.1),
  relu: unary((k) => k.relu, 0),
  neg: unary((k) => k.neg, 0),
  abs: unary((k) => k.abs, 0),
  square: unary((k) => k.square, 0),
  sqrt: unary((k) => k.sqrt, 0, 9.1),
  reciprocal: unary((k) => k.reciprocal, 0),
  floor: unary((k) => k.floor, 0),
  sign: unary((k) => k.sign, 0),
  clip: unary((k) => (x, out, n) => k.clip(x, out, n, -2.5, 0.75), 0),

  tanhGrad: gradient((k) => k.tanhGrad, 1),
  sigmoidGrad: gradient((k) => k.sigmoidGrad, 1),
  reluGrad: gradient((k) => k.reluGrad, 8),
  softplusGrad: gradient((k) => k.softplusGrad, 8),
  siluGrad: gradient((k) => k.siluGrad, 8),
  geluTanhGrad: gradient((k) => k.geluTanhGrad, 8),
  geluErfGrad: gradient((k) => k.geluErfGrad, 8),

  add: binary((k) => k.add, 0),
  sub: binary((k) => k.sub, 0),
  mul: binary((k) => k.mul, 0),
  div: binary((k) => k.div, 0),
  minimum: binary((k) => k.minimum, 0),
  maximum: binary((k) => k.maximum, 0),
  squaredDifference: binary((k) => k.squaredDifference, 0),
  pow: binary((k) => k.pow, rounding),
  addInPlace: sums((k, x, y, n) => k.addInPlace(y, x, n)),
  affine: sums((k, x, y, n) => k.affine(x, y, n, 0.3, -7.1)),
  axpby: sums((k, x, y, n) => k.axpby(x, y, y, n, 0.9, -0.1)),

  equal: comparison((k) => k.equal),
  notEqual: comparison((k) => k.notEqual),
  less: comparison((k) => k.less),
  lessEqual: comparison((k) => k.lessEqual),
  greater: comparison((k) => k.greater),
  greaterEqual: comparison((k) => k.greaterEqual),
  select: (heap) => {
    const n = 119;
    const condition = heap.bytes(Uint8Array.from({ length: n }, (_, i) => (i * i) % 3));
    const [a, b, out] = [heap.floats(waves(n)), heap.floats(waves(n, 2, 1)), heap.ints(zeros(n))];
    const repeated = heap.ints(zeros(n));
    return (k) => {
      k.select(condition, a, b, out, n, 1, 1);
      k.select(condition, a, b, repeated, n, 0, 1);
    };
  },
};

/** Whether and how operands repeat, as loops over 119 inner elements. */
const broadcasts: readonly BroadcastLoops[] = [
  [1, 1, 119, 0, 0, 1, 0, 0, 1],
  [1, 1, 118, 0, 0, 1, 0, 0, 0],
  [1, 1, 117, 0, 0, 0, 0, 0, 1],
  [1, 2, 119, 0, 119, 1, 0, 0, 1],
  [1, 2, 119, 0, 119, 1, 0, 1, 0],
  [2, 2, 51, 51, 0, 1, 102, 51, 1],
];

/** A function of one tensor between −9 and 9, or `above` that. */
function unary(kernel: (kernels: Kernels) => UnaryKernel, bound: number, above = 0): KernelCheck {
  return (heap) => {
    const calls = lengths.map((n) => {
      const values = [...special, ...waves(n, 9).map((x) => x + above)].slice(0, n);
      return { n, x: heap.floats(values), y: heap.output(n, bound), z: heap.output(values, bound) };
    });
    return (kernels) => {
      for (const { n, x, y, z } of calls) {
        kernel(kernels)(x, y, n);
        kernel(kernels)(z, z, n);
      }
    };
  };
}

function gradient(kernel: (kernels: Kernels) => ActivationGradKernel, size: number): KernelCheck {
  return (heap) => {
    const calls = lengths.map((n) => {
      const change = waves(n, 1, 0.5);
      const x = heap.floats(waves(n, size));
      return { n, x, y: heap.output(n, rounding), dy: heap.output(change, rounding) };
    });
    return (kernels) => {
      for (const { n, x, y, dy } of calls) {
        kernel(kernels)(x, dy, y, n);
        kernel(kernels)(x, dy, dy, n);
      }
    };
  };
}

function binary(kernel: (kernels: Kernels) => BroadcastKernel, bound: number): KernelCheck {
  return (heap) => {
    const a = heap.floats([...special, ...waves(238, 4)]);
    const b = heap.floats([...special.toReversed(), ...waves(238, 3, 1)]);
    const outputs = broadcasts.map((loops) => heap.output(sizeOf(loops), bound));
    const inPlace = heap.output(waves(119, 4), bound);
    return (kernels) => {
      for (const [i, loops] of broadcasts.entries())
        kernel(kernels)(a, b, outputs[i] ?? 0, ...loops);
      kernel(kernels)(inPlace, b, inPlace, 1, 1, 119, 0, 0, 1, 0, 0, 1);
    };
  };
}

function comparison(kernel: (kernels: Kernels) => BroadcastKernel): KernelCheck {
  return (heap) => {
    const a = heap.floats([...special, ...waves(238, 2).map(Math.round)]);
    const b = heap.floats([...special.toReversed(), ...waves(238, 2, 1).map(Math.round)]);
    const outputs = broadcasts.map((loops) => heap.bytes(zeros(sizeOf(loops))));
    return (kernels) => {
      for (const [i, loops] of broadcasts.entries())
        kernel(kernels)(a, b, outputs[i] ?? 0, ...loops);
    };
  };
}

/** A check of a kernel that writes `y` from `x`, and maybe `y`, with no broadcast. */
function sums(call: (kernels: Kernels, x: number, y: number, n: number) => void): KernelCheck {
  return (heap) => {
    const pairs = lengths.map((n) => ({
      n,
      x: heap.floats(waves(n, 9)),
      y: heap.output(waves(n, 2, 1), 0),
    }));
    return (kernels) => {
      for (const { n, x, y } of pairs) call(kernels, x, y, n);
    };
  };
}

function sizeOf([outer, middle, inner]: BroadcastLoops): number {
  return outer * middle * inner;
}

function zeros(n: number): Int32Array {
  return new Int32Array(n);
}
