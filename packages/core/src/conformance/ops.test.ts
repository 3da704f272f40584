// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  cast,
  gelu,
  init,
  layerNorm,
  logSoftmax,
  mul,
  Parameter,
  type Shape,
  silu,
  sizeOf,
  softmax,
  softmaxCrossEntropy,
  softplus,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrad,
} from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';

interface Values {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** A case of `conformance/pytorch/ops.py`, whose opening comment states the loss. */
interface Case {
  readonly options: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, Values>>;
  readonly constants: Readonly<Record<string, Values>>;
  readonly outputs: Readonly<Record<string, Values>>;
  readonly gradients: Readonly<Record<string, Values>>;
}

const file = new URL('../../../../conformance/pytorch/ops.json', import.meta.url);
const golden: Record<string, Case> = JSON.parse(readFileSync(file, 'utf8'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type Named = (name: string) => Tensor;

/** Outputs by name; `x('…')` is an input and `k('…')` a constant. */
const computations: Record<string, (x: Named, k: Named, c: Case) => Record<string, Tensor>> = {
  'layerNorm epsilon 1e-3': normalize,
  'layerNorm epsilon 1e-5': normalize,
  softmax: (x) => ({ y: softmax(x('x')) }),
  logSoftmax: (x) => ({ y: logSoftmax(x('x')) }),
  'logSoftmax large': (x) => ({ y: logSoftmax(x('x')) }),
  sparseCrossEntropy: crossEntropy,
  'sparseCrossEntropy large': crossEntropy,
  'gelu erf': (x) => ({ y: gelu(x('x')) }),
  'gelu tanh': (x) => ({ y: gelu(x('x'), { approximate: true }) }),
  silu: (x) => ({ y: silu(x('x')) }),
  softplus: (x) => ({ y: softplus(x('x')) }),
};

function normalize(x: Named, _k: Named, { options }: Case): Record<string, Tensor> {
  const { epsilon = Number.NaN } = options;
  return { y: layerNorm(x('x'), x('gamma'), x('beta'), { epsilon }) };
}

function crossEntropy(x: Named, k: Named): Record<string, Tensor> {
  const labels = cast(k('targets'), 'int32');
  const mask = cast(k('mask'), 'bool');
  return {
    losses: softmaxCrossEntropy(x('logits'), labels, { reduction: 'none' }),
    maskedMean: softmaxCrossEntropy(x('logits'), labels, { mask }),
  };
}

describe("PyTorch's values and gradients in double precision", () => {
  test.each(Object.entries(computations))('%s: both to 1e-6 of the largest', (name, compute) => {
    const given = golden[name];
    if (given === undefined) throw new Error(`no golden case ${name}`);
    const parameters = tidy(() =>
      Object.entries(given.inputs).map(
        ([input, { shape, values }]) => new Parameter(input, tensor([...values], shape)),
      ),
    );
    const { value, gradients } = valueAndGrad(() => lossOf(given, compute, parameters), parameters);
    for (const [output, expected] of Object.entries(given.outputs)) {
      close(value.outputs[output]?.data() ?? [], expected);
    }
    expect(gradients.size).toBe(Object.keys(given.gradients).length);
    for (const [parameter, gradient] of gradients) {
      close(gradient.data(), given.gradients[parameter.name] ?? { shape: [], values: [] });
    }
    for (const parameter of parameters) parameter.dispose();
  });
});

function lossOf(
  given: Case,
  compute: (x: Named, k: Named, c: Case) => Record<string, Tensor>,
  parameters: readonly Parameter[],
) {
  const x = (name: string) => found(parameters.find((each) => each.name === name)).value;
  const k = (name: string) => {
    const { shape, values } = found(given.constants[name]);
    return tensor([...values], shape);
  };
  const outputs = compute(x, k, given);
  const losses = Object.keys(given.outputs).map((name, i) => {
    const output = found(outputs[name]);
    return sum(mul(output, weightsOf(output.shape, i)));
  });
  return { loss: losses.reduce((a, b) => a.add(b)), outputs };
}

/** The script's `recipe(shape, 1, 40 + number)`. */
function weightsOf(shape: Shape, number: number): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => {
    return Math.cos(40 + number + i + (i * i) / 7);
  });
  return tensor(values, shape);
}

function close(actual: ArrayLike<number>, { values }: Values): void {
  const absolute = 1e-6 * Math.max(...values.map(Math.abs));
  closeTo([...Array.from(actual)], values, { relative: 0, absolute });
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the golden has another name');
  return value;
}
