// SPDX-License-Identifier: Apache-2.0
import { init, memory, mul, Parameter, scalar, sum, tensor } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from './chain.ts';
import { Optimizer } from './optimizer.ts';
import { adam } from './rules/adam.ts';
import { adamw } from './rules/adamw.ts';
import { sgd } from './rules/sgd.ts';
import { averageParameters } from './transforms/average-parameters.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Runs `fn` with an optimizer of one parameter [1, −2] and frees both. */
function withOptimizer(
  make: (x: Parameter) => Optimizer,
  fn: (optimizer: Optimizer, x: Parameter) => void,
): void {
  const x = new Parameter('x', tensor([1, -2]));
  const optimizer = make(x);
  fn(optimizer, x);
  optimizer.dispose();
  x.dispose();
}

describe('nonFinite: skip', () => {
  const make = (x: Parameter) =>
    new Optimizer([x], adam({ learningRate: 0.1 }), { nonFinite: 'skip', maxSkips: 2 });
  const nan = () => tensor([1, Number.NaN]);

  test('leaves parameters and state as they are, and says so', () => {
    withOptimizer(make, (optimizer, x) => {
      expect(optimizer.step(new Map([[x, cosines([2])]]))).toMatchObject({ skipped: false });
      const before = [x.value.data(), optimizer.state().tensors.get('adam/m/x')?.data()];
      expect(optimizer.step(new Map([[x, nan()]]))).toEqual({
        skipped: true,
        gradientNorm: Number.NaN,
      });
      expect([x.value.data(), optimizer.state().tensors.get('adam/m/x')?.data()]).toEqual(before);
      expect(optimizer.state().scalars).toEqual({
        iterations: 1,
        learningRateScale: 1,
        skips: 1,
        'adam/step': 1,
      });
    });
  });

  test('throws at one more than maxSkips in a row, and counts again after a good step', () => {
    withOptimizer(make, (optimizer, x) => {
      optimizer.step(new Map([[x, nan()]]));
      optimizer.step(new Map([[x, nan()]]));
      expect(() => optimizer.step(new Map([[x, nan()]]))).toThrow(
        'Optimizer.step: gradient of x must be finite, got "NaN at element 1".',
      );
      optimizer.step(new Map([[x, cosines([2])]]));
      expect(optimizer.step(new Map([[x, nan()]])).skipped).toBe(true);
    });
  });

  test('minimize of a loss that is not finite changes nothing', () => {
    withOptimizer(make, (optimizer, x) => {
      const infinite = scalar(Number.POSITIVE_INFINITY);
      expect(optimizer.minimize(() => sum(mul(x.value, infinite))).skipped).toBe(true);
      expect(x.value.toArray()).toEqual([1, -2]);
    });
  });

  test('refuses a maxSkips of 0', () => {
    expect(() => new Optimizer([], adam(), { nonFinite: 'skip', maxSkips: 0 })).toThrow(
      'Optimizer: maxSkips must be a whole number of at least 1, got 0.',
    );
  });
});

describe('learningRateScale', () => {
  test('multiplies the rate of each rule from then on, and decoupled decay with it', () => {
    withOptimizer(
      (x) =>
        new Optimizer([x], adamw({ learningRate: (step) => 0.1 / (1 + step), weightDecay: 0.5 })),
      (optimizer, x) => {
        withOptimizer(
          (y) =>
            new Optimizer(
              [y],
              adamw({ learningRate: (s) => [0.1, 0.025][s] ?? 0, weightDecay: 0.5 }),
            ),
          (expected, y) => {
            for (const scale of [1, 0.5]) {
              optimizer.learningRateScale = scale;
              const gradient = sines([2], { start: scale });
              optimizer.step(new Map([[x, gradient]]));
              expected.step(new Map([[y, gradient]]));
            }
            closeTo(x.value, y.value, { relative: 1e-6 });
          },
        );
      },
    );
  });

  test('is part of the state', () => {
    withOptimizer(
      (x) => new Optimizer([x], sgd({ learningRate: 1 })),
      (optimizer) => {
        optimizer.learningRateScale = 0.25;
        const state = optimizer.state();
        optimizer.learningRateScale = 1;
        optimizer.restore(state);
        expect(optimizer.learningRateScale).toBe(0.25);
      },
    );
  });

  test('refuses NaN', () => {
    withOptimizer(
      (x) => new Optimizer([x], sgd({ learningRate: 1 })),
      (optimizer) => {
        expect(() => {
          optimizer.learningRateScale = Number.NaN;
        }).toThrow('Optimizer: learningRateScale must be a finite number of at least 0, got NaN.');
      },
    );
  });
});

describe('parameters', () => {
  test('addParameters refuses a name that is taken, and changes nothing', () => {
    withOptimizer(
      (x) => new Optimizer([x], adam()),
      (optimizer, x) => {
        const twin = new Parameter('x', tensor([1]));
        const before = memory().tensors;
        expect(() => optimizer.addParameters([twin])).toThrow(
          'Optimizer.addParameters: parameters must have names that differ, got "x" twice',
        );
        expect(memory().tensors).toBe(before);
        expect(optimizer.parameters).toEqual([x]);
        twin.dispose();
      },
    );
  });

  test('freeze and thaw choose by path', () => {
    const names = ['embedding/table', 'rnn/kernel', 'rnn/bias'];
    const parameters = names.map((name) => new Parameter(name, cosines([2])));
    const optimizer = new Optimizer(parameters, adam());
    expect(optimizer.freeze(({ name }) => name.startsWith('rnn/'))).toBe(2);
    expect(parameters.map(({ trainable }) => trainable)).toEqual([true, false, false]);
    expect(optimizer.thaw(({ name }) => name.endsWith('bias'))).toBe(1);
    expect(parameters.map(({ trainable }) => trainable)).toEqual([true, false, true]);
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
  });
});

describe('withAverages', () => {
  test('gives the averages while fn runs and the own values after, to the bit, also on an error', () => {
    withOptimizer(
      (x) =>
        new Optimizer(
          [x],
          chain(
            sgd({ learningRate: 1 }),
            averageParameters({ decay: (step) => step / (step + 1) }),
          ),
        ),
      (optimizer, x) => {
        for (let i = 0; i < 3; i++) optimizer.step(new Map([[x, tensor([0.5, -1])]]));
        const own = x.value.data();
        // The mean of 1 − 0.5k and −2 + k over k = 1, 2, 3.
        closeTo(
          optimizer.withAverages(() => x.value.data()),
          [0, 0],
          { absolute: 1e-6 },
        );
        expect(x.value.data()).toEqual(own);
        expect(() =>
          optimizer.withAverages(() => {
            throw new Error('evaluation failed');
          }),
        ).toThrow('evaluation failed');
        expect(x.value.data()).toEqual(own);
      },
    );
  });

  test('without averages is an error that says what to do', () => {
    withOptimizer(
      (x) => new Optimizer([x], adam()),
      (optimizer) => {
        expect(() => optimizer.withAverages(() => 1)).toThrow(
          'End the chain with averageParameters().',
        );
      },
    );
  });
});
