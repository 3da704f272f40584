// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  add,
  dispose,
  type Gradient,
  init,
  matMul,
  mul,
  Parameter,
  sum,
  Tensor,
  tanh,
  valueAndGrad,
} from './index.ts';
import { cosines, sines, trackLeaks } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

function parameters(): [Parameter, Parameter, Parameter] {
  return [
    new Parameter('first', cosines([3, 3])),
    new Parameter('second', sines([3, 3])),
    new Parameter('unused', cosines([2])),
  ];
}

/** Uses the first parameter at both ends, the second in between. */
function lossOf(first: Parameter, second: Parameter): Tensor {
  const h = tanh(matMul(sines([2, 3]), first.value));
  const y = matMul(tanh(matMul(h, second.value)), first.value);
  return add(sum(y), sum(mul(y, y)));
}

const elements = (gradient: Gradient): number[] =>
  gradient instanceof Tensor ? [...gradient.data()] : [];

describe('onGradient', () => {
  it('tells each gradient once, whole, the last used first, while others are still to come', () => {
    const all = parameters();
    const [first, second] = all;
    const told: { name: string; values: number[] }[] = [];
    const { gradients, value } = valueAndGrad(() => lossOf(first, second), all, {
      unconnected: 'null',
      onGradient: ({ name }, gradient) => told.push({ name, values: elements(gradient) }),
    });
    expect(told.map(({ name }) => name)).toEqual(['second', 'first']);
    const whole = [...gradients].map(([{ name }, gradient]) => ({
      name,
      values: elements(gradient),
    }));
    expect(told.toReversed()).toEqual(whole);
    dispose(gradients);
    value.dispose();
    for (const parameter of all) parameter.dispose();
  });

  it('leaks nothing when it throws', () => {
    const all = parameters();
    const [first, second] = all;
    const throwing = () =>
      valueAndGrad(() => lossOf(first, second), [first, second], {
        onGradient: () => {
          throw new Error('the line is dead');
        },
      });
    expect(throwing).toThrow('the line is dead');
    for (const parameter of all) parameter.dispose();
  });
});
