// SPDX-License-Identifier: Apache-2.0
import type { BroadcastKernel } from '../kernels/reference/binary.ts';
import { broadcastInto, type KernelOperand } from '../ops/broadcast.ts';
import { broadcastShapes, sameShape, sizeOf } from '../shape.ts';
import { type AnyDropIn, defineDropIn } from './drop-in.ts';
import type { Host, Info } from './host.ts';

type UnaryName =
  | 'exp'
  | 'log'
  | 'tanh'
  | 'sigmoid'
  | 'expm1'
  | 'log1p'
  | 'softplus'
  | 'erf'
  | 'sqrt'
  | 'rsqrt'
  | 'reciprocal'
  | 'floor';

type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'squaredDifference';

type ComparisonName = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual';

interface Operands {
  readonly a: Info;
  readonly b: Info;
}

/** tfjs's kernel of one float32 tensor by the kernel of ours. */
export function unary(name: UnaryName): AnyDropIn {
  return defineDropIn<{ readonly x: Info }>({
    takes: ({ x }) => x.dtype === 'float32',
    compute(host, { x }) {
      const out = host.output(x.shape);
      host.kernels[name](host.pointer(x), out.pointer, sizeOf(x.shape));
      return out.info;
    },
  });
}

/** tfjs's kernel of two float32 tensors, which broadcast, by the kernel of ours. */
export function binary(name: BinaryName): AnyDropIn {
  return defineDropIn<Operands>({
    takes: areFloats,
    compute: (host, operands) => combine(host, host.kernels[name], name, operands),
  });
}

/** tfjs's comparison of two float32 tensors, which broadcast, by the kernel of ours. */
export function comparison(name: ComparisonName): AnyDropIn {
  return defineDropIn<Operands>({
    takes: areFloats,
    compute: (host, operands) => combine(host, host.kernels[name], name, operands, 'bool'),
  });
}

/** A new tensor of `kernel` on two float32 tensors. */
export function combine(
  host: Host,
  kernel: BroadcastKernel,
  name: string,
  { a, b }: Operands,
  dtype: 'float32' | 'bool' = 'float32',
): Info {
  if (sameShape(a.shape, b.shape)) {
    const { info, pointer } = host.output(a.shape, dtype);
    const size = sizeOf(a.shape);
    kernel(host.pointer(a), host.pointer(b), pointer, 1, 1, size, 0, 0, 1, 0, 0, 1);
    return info;
  }
  const out = host.output(broadcastShapes(name, a.shape, b.shape), dtype);
  broadcastInto(kernel, operand(host, a), operand(host, b), operand(host, out.info));
  return out.info;
}

function areFloats({ a, b }: Operands): boolean {
  return a.dtype === 'float32' && b.dtype === 'float32';
}

function operand(host: Host, info: Info): KernelOperand {
  const { shape } = info;
  const dtype = info.dtype === 'bool' ? 'bool' : 'float32';
  return { pointer: host.pointer(info), shape, dtype, size: sizeOf(shape) };
}
