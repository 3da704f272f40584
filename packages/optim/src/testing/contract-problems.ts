// SPDX-License-Identifier: Apache-2.0
import { mul, Parameter, square, sub, sum, type Tensor, tensor, tidy } from '@tapeloop/core';
import { closeTo, cosines, sines } from '@tapeloop/core/testing';
import { Optimizer } from '../optimizer.ts';
import type { Make } from './contract-fixtures.ts';

/** A rule with options that suit a problem, and the steps that it then needs. */
export interface Problem {
  readonly make: Make;
  readonly steps: number;
}

/** Minimizes ½ Σ aᵢ (xᵢ − bᵢ)² with a from 0.5 to 2.5. */
export function findsQuadraticMinimum({ make, steps }: Problem): void {
  training(make, cosines([6], { scale: 2 }), (optimizer, x) => {
    const [a, b] = [cosines([6], { offset: 1.5, start: 3 }), sines([6])];
    for (let step = 0; step < steps; step++) {
      tidy(() => optimizer.minimize(() => mul(sum(mul(square(sub(x.value, b)), a)), 0.5)));
    }
    closeTo(x.value, b, { relative: 0, absolute: 1e-3 });
  });
}

/** Minimizes (1 − x)² + 100 (y − x²)² from (−1.2, 1), whose minimum is at (1, 1). */
export function findsRosenbrockMinimum({ make, steps }: Problem): void {
  training(make, tensor([-1.2, 1]), (optimizer, point) => {
    for (let step = 0; step < steps; step++) {
      tidy(() => {
        const [x = 0, y = 0] = point.value.data();
        const dy = 200 * (y - x * x);
        optimizer.step(new Map([[point, tensor([-2 * (1 - x) - 2 * x * dy, dy])]]));
      });
    }
    closeTo(point.value, [1, 1], { relative: 0, absolute: 0.02 });
  });
}

/** Runs `fn` on one parameter and frees everything. */
function training(
  make: Make,
  start: Tensor,
  fn: (optimizer: Optimizer, x: Parameter) => void,
): void {
  const parameter = new Parameter('x', start);
  const optimizer = new Optimizer([parameter], make());
  try {
    tidy(() => fn(optimizer, parameter));
  } finally {
    start.dispose();
    optimizer.dispose();
    parameter.dispose();
  }
}
