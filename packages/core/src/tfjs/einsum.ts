// SPDX-License-Identifier: Apache-2.0
import { backend_util, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import type { Host, Info } from './host.ts';
import { multiply } from './mat-mul.ts';
import { permute } from './transpose.ts';

/** A tensor and the dimension that each axis stands for; the output's are 0, 1, …. */
interface Operand {
  readonly x: Info;
  readonly dims: readonly number[];
}

/** Keeps a result on the way until the end. */
type Keep = (info: Info) => Info;

/**
 * tfjs's contraction of one or two tensors of one dtype, as one matrix product: [batch, free,
 * contracted] times [batch, contracted, free].
 */
export const einsum = defineDropIn<Readonly<Record<string, Tensor>>, { readonly equation: string }>(
  {
    takes(inputs) {
      const dtypes = new Set(Object.values(inputs).map(({ dtype }) => dtype));
      return dtypes.size === 1 && (dtypes.has('float32') || dtypes.has('int32'));
    },
    compute(host, inputs, { equation }) {
      const operands = decode(equation, Object.values(inputs));
      const outputRank = equation.replace(/\s/g, '').split('->')[1]?.length ?? 0;
      const intermediates: Info[] = [];
      const keep: Keep = (info) => {
        intermediates.push(info);
        return info;
      };
      try {
        const [a, b] = operands.map((operand) =>
          sumLonely(host, operand, operands, outputRank, keep),
        );
        const result = a && b ? contract(host, a, b, outputRank, keep) : a;
        if (result === undefined) throw new TypeError('einsum: there must be a tensor, got none.');
        return permute(host, result.x, orderOf(result.dims, ascending(result.dims)));
      } finally {
        for (const info of intermediates) host.release(info);
      }
    },
  },
);

/** Reads the equation with tfjs's own parser, so its limits and errors are tfjs's. */
function decode(equation: string, tensors: Tensor[]): Operand[] {
  const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
  backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
  return tensors.map((x, i) => ({ x, dims: idDims[i] ?? [] }));
}

/** Sums the dimensions that are in this operand only. */
function sumLonely(
  host: Host,
  { x, dims }: Operand,
  operands: readonly Operand[],
  outputRank: number,
  keep: Keep,
): Operand {
  const isLonely = (dim: number) =>
    dim >= outputRank && operands.filter((other) => other.dims.includes(dim)).length === 1;
  const axis = dims.flatMap((dim, i) => (isLonely(dim) ? [i] : []));
  if (axis.length === 0) return { x, dims };
  const sum = keep(host.run('Sum', { x }, { axis, keepDims: false }));
  return { x: sum, dims: dims.filter((dim) => !isLonely(dim)) };
}

/** Multiplies two operands and sums the dimensions that both have and the output has not. */
function contract(host: Host, a: Operand, b: Operand, outputRank: number, keep: Keep): Operand {
  const batch = a.dims.filter((dim) => b.dims.includes(dim) && dim < outputRank);
  const contracted = a.dims.filter((dim) => b.dims.includes(dim) && dim >= outputRank);
  const freeA = a.dims.filter((dim) => !b.dims.includes(dim));
  const freeB = b.dims.filter((dim) => !a.dims.includes(dim));
  const dims = [...batch, ...freeA, ...freeB];
  const sizes = (list: readonly number[]) => list.map((dim) => sizeOfDim([a, b], dim));
  const [batches = 1, inner = 1, m = 1, n = 1] = [batch, contracted, freeA, freeB].map((list) =>
    sizeOf(sizes(list)),
  );
  const left = keep(permute(host, a.x, orderOf(a.dims, [...batch, ...freeA, ...contracted])));
  const right = keep(permute(host, b.x, orderOf(b.dims, [...batch, ...freeB, ...contracted])));
  const factors = {
    a: keep(host.reshaped(left, [batches, m, inner])),
    b: keep(host.reshaped(right, [batches, n, inner])),
  };
  const product = keep(
    inner === 1 || m * n === 1
      ? multiplyAndSum(host, factors.a, factors.b, keep)
      : multiply(host, factors, { transposeA: false, transposeB: true }).info,
  );
  return { x: keep(host.reshaped(product, sizes(dims))), dims };
}

/** [batch, m, k] times [batch, n, k] without a product of matrices: k or both m and n are 1. */
function multiplyAndSum(host: Host, a: Info, b: Info, keep: Keep): Info {
  const [batches = 1, n = 1, inner = 1] = b.shape;
  if (inner !== 1) {
    const products = keep(host.run('Multiply', { a, b }));
    return host.run('Sum', { x: products }, { axis: [2], keepDims: false });
  }
  return host.run('Multiply', { a, b: keep(host.reshaped(b, [batches, 1, n])) });
}

function sizeOfDim(operands: readonly Operand[], dim: number): number {
  for (const { x, dims } of operands) {
    const axis = dims.indexOf(dim);
    if (axis >= 0) return x.shape[axis] ?? 1;
  }
  return 1;
}

/** The permutation that brings axes that stand for `dims` into the order of `target`. */
function orderOf(dims: readonly number[], target: readonly number[]): number[] {
  return target.map((dim) => dims.indexOf(dim));
}

function ascending(dims: readonly number[]): number[] {
  return [...dims].sort((x, y) => x - y);
}
