// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from './backend.ts';
import { scalar, tensor, zeros } from './create.ts';
import { grad, valueAndGrad, vjp } from './grad.ts';
import { add, mul } from './ops/arithmetic.ts';
import { sum } from './ops/reduce.ts';
import { square } from './ops/unary.ts';
import './ops/backward-arithmetic.ts';
import { Parameter } from './parameter.ts';
import { record, stopRecording } from './recording.ts';
import { tidy } from './scope.ts';
import { stopGradient } from './stop-gradient.ts';
import { GradientTape } from './tape.ts';
import type { Tensor } from './tensor.ts';
import { trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** d(fn)/dx at scalar x. */
const slope = (fn: (x: Tensor) => Tensor, x: number) => tidy(() => grad(fn)(scalar(x)).item());

describe('gradients accumulate', () => {
  test('a tensor used twice by one op: d(x·x)/dx = 2x', () => {
    expect(slope((x) => mul(x, x), 3)).toBe(6);
  });

  test('a tensor used three times and again after a branch', () => {
    // x·x + x·(x + 1) + x = 2x² + 2x
    expect(slope((x) => add(add(mul(x, x), mul(x, add(x, 1))), x), 3)).toBe(14);
  });

  test('five uses: the sum in place does not write into borrowed gradients', () => {
    const y = (x: Tensor) => add(add(add(add(x, x), x), x), x);
    const both = (x: Tensor) => mul(y(x), x);
    expect(slope(both, 3)).toBe(30);
  });

  test('one gradient handed to two inputs that are then added to in place', () => {
    tidy(() => {
      const a = tensor([1, 2]);
      const b = tensor([3, 4]);
      const tape = new GradientTape();
      tape.watch(a);
      tape.watch(b);
      const loss = tape.record(() => sum(add(add(add(a, b), mul(a, 3)), mul(a, 5))));
      const [da, db] = tape.gradient(loss, [a, b]);
      expect(da?.toArray()).toEqual([9, 9]);
      expect(db?.toArray()).toEqual([1, 1]);
    });
  });
});

describe('broadcasting is reversed once, by the tape', () => {
  test.each([
    [[2, 3], [3]],
    [
      [2, 3],
      [2, 1],
    ],
    [[2, 3], []],
    [
      [1, 3],
      [2, 1],
    ],
    [
      [4, 1, 3],
      [2, 1],
    ],
  ])('%j with %j', (left, right) => {
    tidy(() => {
      const a = zeros(left);
      const b = zeros(right);
      const { pullback, value, dispose } = vjp(add, [a, b]);
      const ones = add(value, 1);
      const [da, db] = pullback(ones);
      expect(da?.shape).toEqual(left);
      expect(db?.shape).toEqual(right);
      expect(da?.data()[0]).toBe(value.size / a.size);
      expect(db?.data()[0]).toBe(value.size / b.size);
      dispose();
    });
  });
});

describe('higher order', () => {
  test('third derivative of x⁴ is 24x', () => {
    const f = (x: Tensor) => square(square(x));
    expect(slope(grad(grad(f)), 2)).toBe(48);
  });

  test('an outer tape differentiates the gradient of an inner one', () => {
    tidy(() => {
      const x = scalar(3);
      const outer = new GradientTape();
      outer.watch(x);
      const dx = outer.record(() => {
        const inner = new GradientTape();
        inner.watch(x);
        const y = inner.record(() => mul(mul(x, x), x));
        return inner.gradient(y, [x])[0] ?? x;
      });
      expect(dx.item()).toBe(27);
      expect(outer.gradient(dx, [x])[0]?.item()).toBe(18);
    });
  });

  test('a second derivative through a once-differentiable op is an error, not a wrong number', () => {
    const fusedSquare = (x: Tensor) => {
      const y = stopRecording(() => mul(x, x));
      record({
        name: 'fusedSquare',
        inputs: [x],
        outputs: [y],
        saved: () => [x],
        broadcasts: false,
        onceDifferentiable: true,
        rule: ({ dys: [dy], saved: [v] }) => [() => mul(mul(dy ?? 0, v ?? 0), 2)],
      });
      return y;
    };
    expect(slope(fusedSquare, 3)).toBe(6);
    expect(() => slope(grad(fusedSquare), 3)).toThrow(
      'fusedSquare is a fused op with a first derivative',
    );
  });
});

describe('what a tape follows', () => {
  test('only what depends on watched tensors is recorded', () => {
    const tape = new GradientTape();
    const x = scalar(2);
    const y = scalar(3);
    tape.watch(x);
    tape.record(() => {
      mul(y, y);
      add(mul(x, y), 1);
    });
    expect(tape.length).toBe(2);
    tape.dispose();
  });

  test('stopRecording hides ops from the tape', () => {
    expect(
      slope(
        (x) =>
          mul(
            stopRecording(() => mul(x, x)),
            x,
          ),
        3,
      ),
    ).toBe(9);
  });

  test('stopGradient makes a constant of a value', () => {
    expect(slope((x) => mul(stopGradient(mul(x, x)), x), 3)).toBe(9);
  });

  test('trainable parameters are followed by themselves, frozen ones are not', () => {
    const w = new Parameter('w', tensor([1, 2]));
    const frozen = new Parameter('frozen', tensor([3, 4]), { trainable: false });
    const { value, gradients } = valueAndGrad(() => sum(mul(w.value, frozen.value)), [w, frozen]);
    expect(value.item()).toBe(11);
    expect([...gradients.keys()]).toEqual([w]);
    expect(gradients.get(w)?.toArray()).toEqual([3, 4]);
    w.dispose();
    frozen.dispose();
  });

  test('an intermediate value can be a source', () => {
    tidy(() => {
      const x = scalar(3);
      const tape = new GradientTape();
      tape.watch(x);
      const [y, z] = tape.record(() => {
        const square = mul(x, x);
        return [square, mul(square, 2)];
      });
      const [dy, dx] = tape.gradient(z ?? x, [y ?? x, x]);
      expect(dy?.item()).toBe(2);
      expect(dx?.item()).toBe(12);
    });
  });
});

test('vjp pulls back any number of times: v ↦ vᵀJ', () => {
  tidy(() => {
    const { value, pullback, dispose } = vjp(mul, [tensor([1, 2]), tensor([3, 4])]);
    expect(value.toArray()).toEqual([3, 8]);
    expect(pullback(tensor([1, 0])).map((g) => g.toArray())).toEqual([
      [3, 0],
      [1, 0],
    ]);
    expect(pullback(tensor([0, 10])).map((g) => g.toArray())).toEqual([
      [0, 40],
      [0, 20],
    ]);
    dispose();
  });
});

test('vjp: one tensor passed twice is two primals', () => {
  tidy(() => {
    const x = scalar(3);
    const { pullback, dispose } = vjp((a, b) => mul(square(a), b), [x, x]);
    expect(pullback(scalar(1)).map((g) => g.item())).toEqual([18, 9]);
    dispose();
  });
});

test('valueAndGrad hands on what fn returns besides the loss', () => {
  const w = new Parameter('w', scalar(3));
  const { value, gradients } = valueAndGrad(() => {
    const state = mul(w.value, 2);
    return { loss: mul(state, state), state };
  }, [w]);
  expect(value.state.item()).toBe(6);
  expect(value.loss.item()).toBe(36);
  expect(gradients.get(w)?.item()).toBe(24);
  w.dispose();
});
