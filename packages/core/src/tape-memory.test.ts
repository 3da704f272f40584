// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from './backend.ts';
import { scalar, tensor } from './create.ts';
import { grad } from './grad.ts';
import { add, div, mul, sub } from './ops/arithmetic.ts';
import { sum } from './ops/reduce.ts';
import { broadcastTo } from './ops/reshape.ts';
import { neg, square } from './ops/unary.ts';
import './ops/backward-arithmetic.ts';
import { record, stopRecording } from './recording.ts';
import { memory, tidy } from './scope.ts';
import { GradientTape } from './tape.ts';
import type { Tensor } from './tensor.ts';
import { expectNoLeaks, trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** d(fn)/dx at scalar x. */
const slope = (fn: (x: Tensor) => Tensor, x: number) => tidy(() => grad(fn)(scalar(x)).item());

describe('memory', () => {
  test('backward frees what each op saved; nothing is left', () => {
    expectNoLeaks(() =>
      tidy(() => grad((x) => sum(div(mul(x, x), add(x, 1))))(tensor([1, 2, 3]))).dispose(),
    );
  });

  test('tidy inside record does not free what backward needs', () => {
    const fn = (x: Tensor) =>
      tidy(() =>
        mul(
          tidy(() => mul(x, x)),
          tidy(() => add(x, 1)),
        ),
      );
    expect(slope(fn, 2)).toBe(16);
  });

  test('the same model under tidy and not gives the same gradients', () => {
    const model = (x: Tensor) => sum(square(sub(mul(x, 3), broadcastTo(sum(x), [3]))));
    const x = tensor([1, 2, 4]);
    const free = grad(model)(x);
    const tidied = grad((y) => tidy(() => model(y)))(x);
    expect(tidied.data()).toEqual(free.data());
  });

  test('a persistent tape differentiates twice and frees at dispose', () => {
    const before = memory().tensors;
    tidy(() => {
      const x = scalar(2);
      const tape = new GradientTape({ persistent: true });
      tape.watch(x);
      const y = tape.record(() => mul(x, x));
      expect(tape.gradient(y, [x])[0]?.item()).toBe(4);
      expect(tape.gradient(y, [x])[0]?.item()).toBe(4);
      tape.dispose();
      expect(() => tape.gradient(y, [x])).toThrow('the tape was disposed');
    });
    expect(memory().tensors).toBe(before);
  });

  test('100,000 ops in a row do not overflow the stack', () => {
    const chain = (x: Tensor) => {
      let y = x;
      for (let i = 0; i < 100_000; i++) {
        const next = add(y, 1);
        if (y !== x) y.dispose();
        y = next;
      }
      return y;
    };
    expect(slope(chain, 1)).toBe(1);
  });

  test('nothing leaks when a rule fails', () => {
    const failing = (x: Tensor) => {
      const y = mul(x, x);
      const z = stopRecording(() => neg(y));
      record({
        name: 'failing',
        inputs: [y],
        outputs: [z],
        saved: () => [y],
        broadcasts: false,
        onceDifferentiable: false,
        rule: () => [
          () => {
            throw new Error('the rule failed');
          },
        ],
      });
      return sum(mul(z, x));
    };
    expectNoLeaks(() => {
      expect(() => tidy(() => grad(failing)(tensor([1, 2])))).toThrow('the rule failed');
    });
  });
});
