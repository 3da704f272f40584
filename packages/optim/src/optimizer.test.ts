// SPDX-License-Identifier: Apache-2.0
import {
  GradientTape,
  init,
  memory,
  mul,
  Parameter,
  scalar,
  square,
  sum,
  tensor,
  tidy,
} from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from './chain.ts';
import { Optimizer } from './optimizer.ts';
import { optimizerContract } from './optimizer-contract-testing.ts';
import { adam } from './rules/adam.ts';
import { sgd } from './rules/sgd.ts';
import { warmupCosine } from './schedules/warmup-cosine.ts';
import { clipByGlobalNorm } from './transforms/clip-by-global-norm.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('contract of a chain: clipping, momentum, Adam', () => {
  const make = (peak: number, totalSteps: number) => () =>
    chain(
      clipByGlobalNorm(2),
      sgd({ learningRate: 1, momentum: 0.3 }),
      adam({ learningRate: warmupCosine({ peak, warmupSteps: 10, totalSteps, start: peak }) }),
      sgd({ learningRate: 1 }),
    );
  const cases = optimizerContract({
    make: make(0.01, 30),
    quadratic: { make: make(0.1, 500), steps: 500 },
    rosenbrock: { make: make(0.05, 4000), steps: 4000 },
    network: { make: make(0.05, 600), steps: 600 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

describe('chain', () => {
  test('gives each transform what the one before returned', () => {
    const x = new Parameter('x', tensor([1, 2]));
    const optimizer = new Optimizer([x], chain(clipByGlobalNorm(1), sgd({ learningRate: 0.5 })));
    const { gradientNorm } = optimizer.step(new Map([[x, tensor([3, -4])]]));
    expect(gradientNorm).toBe(5);
    closeTo(x.value, [1 - 0.3, 2 + 0.4]);
    optimizer.dispose();
    x.dispose();
  });

  test('tells apart the state of two parts of the same rule by their position', () => {
    const x = new Parameter('x', cosines([2]));
    const heavy = sgd({ learningRate: 1, momentum: 0.9 });
    const optimizer = new Optimizer([x], chain(heavy, clipByGlobalNorm(9), heavy));
    optimizer.step(new Map([[x, tensor([2, -4])]]));
    const { tensors, scalars } = optimizer.state();
    expect(scalars).toEqual({
      iterations: 1,
      learningRateScale: 1,
      'sgd/step': 1,
      '2/sgd/step': 1,
    });
    expect(tensors.get('sgd/momentum/x')?.toArray()).toEqual([2, -4]);
    expect(tensors.get('2/sgd/momentum/x')?.toArray()).toEqual([-2, 4]);
    optimizer.dispose();
    x.dispose();
  });

  test('of nothing adds the gradients as they are', () => {
    const x = new Parameter('x', tensor([1, 2]));
    const optimizer = new Optimizer([x], chain());
    optimizer.step(new Map([[x, tensor([3, -4])]]));
    expect(x.value.toArray()).toEqual([4, -2]);
    optimizer.dispose();
    x.dispose();
  });
});

describe('minimize', () => {
  test('returns what fn returned, loss and state alike, and the norm of the gradients', () => {
    const x = new Parameter('x', tensor([3, 4]));
    const optimizer = new Optimizer([x], sgd({ learningRate: 0.1 }));
    const { value, gradientNorm } = optimizer.minimize(() => {
      return { loss: sum(square(x.value)), doubled: mul(x.value, 2) };
    });
    expect(value.loss.item()).toBe(25);
    expect(value.doubled.toArray()).toEqual([6, 8]);
    expect(gradientNorm).toBe(10);
    expect(optimizer.iterations).toBe(1);
    closeTo(x.value, [2.4, 3.2]);
    optimizer.dispose();
    x.dispose();
  });

  test('leaves only what fn returned', () => {
    const x = new Parameter('x', tensor([3, 4]));
    const optimizer = new Optimizer([x], chain(clipByGlobalNorm(1), adam()));
    const before = memory().tensors;
    const { value } = optimizer.minimize(() => sum(square(x.value)));
    expect(memory().tensors).toBe(before + 1);
    value.dispose();
    optimizer.dispose();
    x.dispose();
  });

  test('a loss of NaN names the parameter, changes nothing and leaves nothing', () => {
    const x = new Parameter('rnn/kernel', tensor([3, 4]));
    const optimizer = new Optimizer([x], adam());
    const nan = scalar(Number.NaN);
    const before = memory().tensors;
    expect(() => optimizer.minimize(() => sum(mul(x.value, nan)))).toThrow(
      'Optimizer.step: gradient of rnn/kernel must be finite, got "NaN at element 0".',
    );
    expect(memory().tensors).toBe(before);
    expect(x.value.toArray()).toEqual([3, 4]);
    expect(optimizer.iterations).toBe(0);
    optimizer.dispose();
    x.dispose();
  });

  test('a step inside a recording is not recorded', () => {
    const x = new Parameter('x', tensor([3, 4]));
    const optimizer = new Optimizer([x], adam());
    using tape = new GradientTape();
    const loss = tape.record(() => {
      const { value } = optimizer.minimize(() => sum(square(x.value)));
      return mul(value, 2);
    });
    expect(loss.item()).toBe(50);
    optimizer.dispose();
    x.dispose();
  });
});

describe('step', () => {
  test('names a parameter that has no gradient, a foreign one, and a frozen one', () => {
    const parameters = ['a', 'b', 'c'].map((name) => new Parameter(name, cosines([2])));
    const [a, b, c] = parameters;
    if (a === undefined || b === undefined || c === undefined) throw new Error('no parameters');
    const optimizer = new Optimizer([a, b], sgd({ learningRate: 1 }));
    const [ga, gb, gc] = [sines([2]), sines([2]), sines([2])];
    expect(() => optimizer.step(new Map([[a, ga]]))).toThrow(
      'Optimizer.step: gradients must have one for every trainable parameter, but b has none.',
    );
    expect(() =>
      optimizer.step(
        new Map([
          [a, ga],
          [b, gb],
          [c, gc],
        ]),
      ),
    ).toThrow('Optimizer.step: gradients has one for c, which this optimizer was not given.');
    b.trainable = false;
    expect(() =>
      optimizer.step(
        new Map([
          [a, ga],
          [b, gb],
        ]),
      ),
    ).toThrow('Optimizer.step: gradients has one for b, whose trainable is false.');
    for (const { value } of parameters) expect(value.data()).toEqual(cosines([2]).data());
    ga.dispose();
    expect(() => optimizer.step(new Map([[a, ga]]))).toThrow('was disposed');
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
  });
});

describe('Optimizer', () => {
  test('refuses two parameters of one name, and counts one that comes twice once', () => {
    const [a, twin] = [new Parameter('a', cosines([2])), new Parameter('a', cosines([2]))];
    expect(() => new Optimizer([a, twin], adam())).toThrow(
      'Optimizer: parameters must have names that differ, got "a" twice: checkpoints go by them.',
    );
    const optimizer = new Optimizer([a, a], adam());
    expect(optimizer.parameters).toEqual([a]);
    optimizer.dispose();
    a.dispose();
    twin.dispose();
  });

  test('keeps its state out of scopes, and says in memory reports what it is', () => {
    const x = new Parameter('x', cosines([2]));
    const optimizer = tidy(() => new Optimizer([x], adam()));
    const owners = [...(memory({ owners: true }).owners?.keys() ?? [])];
    expect(owners.filter((owner) => owner.startsWith('optimizer/adam/'))).toHaveLength(2);
    optimizer.dispose();
    optimizer.dispose();
    x.dispose();
  });

  test('an error in init leaves nothing', () => {
    const x = new Parameter('x', cosines([2]));
    const before = memory().tensors;
    const broken = {
      ...adam(),
      init: () => {
        // A tensor made before the error, as a rule's first moments would be.
        cosines([3]);
        throw new Error('full');
      },
    };
    expect(() => new Optimizer([x], chain(adam(), broken))).toThrow('full');
    expect(memory().tensors).toBe(before);
    x.dispose();
  });

  test('used after dispose is an error', () => {
    const x = new Parameter('x', cosines([2]));
    const optimizer = new Optimizer([x], adam());
    const state = optimizer.state();
    optimizer.dispose();
    const message = (method: string) => `Optimizer.${method}: the optimizer was disposed.`;
    expect(() => optimizer.step(new Map())).toThrow(message('step'));
    expect(() => optimizer.minimize(() => sum(x.value))).toThrow(message('minimize'));
    expect(() => optimizer.state()).toThrow(message('state'));
    expect(() => optimizer.restore(state)).toThrow(message('restore'));
    x.dispose();
  });

  test('restore says what is missing and what is not wanted', () => {
    const x = new Parameter('x', cosines([2]));
    const [first, second] = [
      new Optimizer([x], adam()),
      new Optimizer([x], sgd({ learningRate: 1, momentum: 0.5 })),
    ];
    expect(() => second.restore(first.state())).toThrow(
      'Optimizer.restore: tensors must be those that state() gives for the same rules and parameters, ' +
        'but lacks sgd/momentum/x and has adam/m/x, adam/v/x, which this optimizer does not keep.',
    );
    first.dispose();
    second.dispose();
    x.dispose();
  });
});
