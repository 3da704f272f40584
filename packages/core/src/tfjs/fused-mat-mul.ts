// SPDX-License-Identifier: Apache-2.0
import type { Transposes } from '../ops/matrix-product.ts';
import { sizeOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import { combine } from './elementwise.ts';
import type { Host, Info } from './host.ts';
import { type Factors, isProduct, multiply } from './mat-mul.ts';

interface FusedInputs extends Factors {
  readonly bias?: Info;
  readonly preluActivationWeights?: Info;
}

/** tfjs's activations that its fused kernels know, each with its kernel; relu is in the product. */
const activationKernels = {
  linear: undefined,
  relu: undefined,
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
} as const;

interface FusedAttrs extends Transposes {
  readonly activation?: keyof typeof activationKernels;
  readonly leakyreluAlpha?: number;
}

/** tfjs's `activation(a · b + bias)` for float32. */
export const fusedMatMul = defineDropIn<FusedInputs, FusedAttrs>({
  takes({ a, b, bias }, { activation = 'linear' }) {
    const isFloat = a.dtype === 'float32' && isProduct({ a, b });
    return (
      isFloat && (bias ?? a).dtype === 'float32' && Object.hasOwn(activationKernels, activation)
    );
  },
  compute(host, inputs, attrs) {
    const { a, b, bias } = inputs;
    const columns = (attrs.transposeB ? b.shape.at(-2) : b.shape.at(-1)) ?? 1;
    // The product adds a bias that is a row itself; every other kind broadcasts afterwards.
    const isRow =
      bias === undefined || (sizeOf(bias.shape) === columns && bias.shape.at(-1) === columns);
    const isRelu = attrs.activation === 'relu';
    const epilogue = {
      ...(bias && isRow ? { bias: host.pointer(bias) } : {}),
      relu: isRelu && isRow,
    };
    const product = multiply(host, { a, b }, attrs, epilogue).info;
    if (isRow) return activated(host, product, inputs, attrs);
    const sum = host.releasing(product, () =>
      combine(host, host.kernels.add, 'add', { a: product, b: bias }),
    );
    if (isRelu) host.kernels.relu(host.pointer(sum), host.pointer(sum), sizeOf(sum.shape));
    return activated(host, sum, inputs, attrs);
  },
});

/** The activations that the product does not do itself. */
function activated(host: Host, x: Info, inputs: FusedInputs, attrs: FusedAttrs): Info {
  const { activation = 'linear', leakyreluAlpha = 0 } = attrs;
  const name = activationKernels[activation];
  if (name === undefined) return x;
  return host.releasing(x, () => {
    if (name === 'LeakyRelu') return host.run(name, { x }, { alpha: leakyreluAlpha });
    const alpha = inputs.preluActivationWeights;
    return name === 'Prelu' && alpha ? host.run(name, { x, alpha }) : host.run(name, { x });
  });
}
