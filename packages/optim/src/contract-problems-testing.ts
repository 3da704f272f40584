// SPDX-License-Identifier: Apache-2.0
import {
  add,
  matMul,
  mean,
  mul,
  Parameter,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
} from '@tapeloop/core';
import { closeTo, cosines, sines } from '@tapeloop/core/testing';
import { check, type Make } from './contract-fixtures-testing.ts';
import { Optimizer } from './optimizer.ts';

/** A rule with options that suit a problem, and the steps that it then needs. */
export interface Problem {
  readonly make: Make;
  readonly steps: number;
  /** The unknowns' shape, for rules that need a matrix: six for the quadratic, two for Rosenbrock. */
  readonly shape?: Shape;
}

/** Minimizes ½ Σ aᵢ (xᵢ − bᵢ)² with a from 0.5 to 2.5. */
export function findsQuadraticMinimum({ make, steps, shape = [6] }: Problem): void {
  training(make, [cosines(shape, { scale: 2 })], (optimizer, [x]) => {
    const [a, b] = [cosines(shape, { offset: 1.5, start: 3 }), sines(shape)];
    for (let step = 0; step < steps; step++) {
      tidy(() => optimizer.minimize(() => mul(sum(mul(square(sub(x.value, b)), a)), 0.5)));
    }
    closeTo(x.value, b, { relative: 0, absolute: 1e-3 });
  });
}

/** Minimizes (1 − x)² + 100 (y − x²)² from (−1.2, 1), whose minimum is at (1, 1). */
export function findsRosenbrockMinimum({ make, steps, shape = [2] }: Problem): void {
  training(make, [tensor([-1.2, 1], shape)], (optimizer, [point]) => {
    for (let step = 0; step < steps; step++) {
      tidy(() => {
        const [x = 0, y = 0] = point.value.data();
        const dy = 200 * (y - x * x);
        optimizer.step(new Map([[point, tensor([-2 * (1 - x) - 2 * x * dy, dy], shape)]]));
      });
    }
    closeTo(point.value, [1, 1], { relative: 0, absolute: 0.02 });
  });
}

/** Trains tanh(x·W + b)·V + c, with 6 hidden units, to be the exclusive or of two inputs. */
export function fitsExclusiveOr({ make, steps }: Problem): void {
  const weights = [
    cosines([2, 6], { start: 1 }),
    sines([6], { scale: 0.1 }),
    cosines([6, 1], { start: 4, scale: 0.5 }),
    tensor([0.1]),
  ];
  training(make, weights, (optimizer, [w, b, v, c]) => {
    if (b === undefined || v === undefined || c === undefined) throw new Error('no weights');
    const x = tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
    const y = tensor([0, 1, 1, 0], [4, 1]);
    const loss = () => {
      const hidden = tanh(add(matMul(x, w.value), b.value));
      return mean(square(sub(add(matMul(hidden, v.value), c.value), y)));
    };
    for (let step = 0; step < steps; step++) tidy(() => optimizer.minimize(loss));
    const last = loss().item();
    check(last < 0.01, `the loss of the network must come below 0.01, got ${last}`);
  });
}

/** Runs `fn` on parameters of these values and frees everything. */
function training(
  make: Make,
  starts: readonly Tensor[],
  fn: (optimizer: Optimizer, parameters: readonly [Parameter, ...Parameter[]]) => void,
): void {
  const [first, ...rest] = starts.map((start, i) => new Parameter(`x${i}`, start));
  if (first === undefined) return;
  const parameters = [first, ...rest] as const;
  const optimizer = new Optimizer(parameters, make());
  try {
    tidy(() => fn(optimizer, parameters));
  } finally {
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
    for (const start of starts) start.dispose();
  }
}
