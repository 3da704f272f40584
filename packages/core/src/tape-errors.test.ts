// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from './backend.ts';
import { scalar, tensor, zeros } from './create.ts';
import { GradientError } from './errors.ts';
import { grad, valueAndGrad, vjp } from './grad.ts';
import { mul } from './ops/arithmetic.ts';
import { sum } from './ops/reduce.ts';
import { reshape } from './ops/reshape.ts';
import { neg, square } from './ops/unary.ts';
import './ops/backward-arithmetic.ts';
import { Parameter } from './parameter.ts';
import { record, stopRecording } from './recording.ts';
import { tidy } from './scope.ts';
import { GradientTape } from './tape.ts';
import type { Tensor } from './tensor.ts';
import { trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** d(fn)/dx at scalar x. */
const _slope = (fn: (x: Tensor) => Tensor, x: number) => tidy(() => grad(fn)(scalar(x)).item());

describe('errors', () => {
  test('a target that does not depend on the source', () => {
    const x = scalar(1);
    const y = scalar(2);
    const tape = new GradientTape({ persistent: true });
    tape.watch(x);
    tape.watch(y);
    const loss = tape.record(() => mul(x, x));
    expect(() => tape.gradient(loss, [x, y])).toThrow('does not depend on the source []');
    expect(tape.gradient(loss, [y], { unconnected: 'null' })).toEqual([null]);
    tape.dispose();
  });

  test('valueAndGrad names the parameter that the loss does not use', () => {
    const w = new Parameter('model/w', scalar(1));
    const unused = new Parameter('model/unused', scalar(1));
    const run = () => valueAndGrad(() => mul(w.value, w.value), [w, unused]);
    expect(run).toThrow('does not depend on parameter model/unused');
    const { gradients } = valueAndGrad(() => mul(w.value, w.value), [w, unused], {
      unconnected: 'null',
    });
    expect([...gradients.keys()]).toEqual([w]);
    w.dispose();
    unused.dispose();
  });

  test('a parameter changed between forward and backward', () => {
    const w = new Parameter('w', tensor([1, 2]));
    const tape = new GradientTape();
    const loss = tape.record(() => sum(square(w.value)));
    w.assign(tensor([3, 4]));
    expect(() => tape.gradient(loss, [w.value])).toThrow(
      'square needs for backward was changed in place',
    );
    w.dispose();
  });

  test('a used tape', () => {
    const x = scalar(1);
    const tape = new GradientTape();
    tape.watch(x);
    const y = tape.record(() => mul(x, x));
    tape.gradient(y, [x]);
    expect(() => tape.gradient(y, [x])).toThrow('already differentiated');
    expect(() => tape.record(() => y)).toThrow(GradientError);
  });

  test('a loss that is not a scalar, an output gradient of the wrong shape, an integer to watch', () => {
    const x = tensor([1, 2]);
    expect(() => grad((y) => mul(y, y))(x)).toThrow('loss must be a scalar, got [2]');
    const { pullback, dispose } = vjp((y) => reshape(y, [2, 1]), [x]);
    expect(() => pullback(x)).toThrow("outputGradient must be of the target's shape [2,1]");
    dispose();
    expect(() => new GradientTape().watch(tensor([1], [1], 'int32'))).toThrow(
      'must be float32, got int32',
    );
  });

  test('a rule that gives the wrong shape names the op and the input', () => {
    const wrong = (x: Tensor) => {
      const y = stopRecording(() => neg(x));
      record({
        name: 'wrong',
        inputs: [x],
        outputs: [y],
        saved: () => [],
        broadcasts: false,
        onceDifferentiable: false,
        rule: () => [() => zeros([3])],
      });
      return sum(y);
    };
    expect(() => grad(wrong)(tensor([1, 2]))).toThrow(
      'the rule of wrong must give float32 [2] for its input 0, got float32 [3]',
    );
  });
});
