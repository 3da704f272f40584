// SPDX-License-Identifier: Apache-2.0
import { type Gradient, IndexedSlices, init, type Parameter, tensor, tidy } from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Make } from './contract-fixtures-testing.ts';
import * as optim from './index.ts';
import {
  adagrad,
  adam,
  chain,
  clipByGlobalNorm,
  type GradientTransform,
  parameterGroups,
  sgd,
  sparseAdam,
} from './index.ts';
import { runUpdate } from './run-transform.ts';
import { train, withModel } from './sparse-training-testing.ts';
import { plainStep } from './transform.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** The names of everything that makes a transform. */
type TransformName = {
  [Name in keyof typeof optim]: (typeof optim)[Name] extends (
    ...args: never[]
  ) => GradientTransform<infer _State>
    ? Name
    : never;
}[keyof typeof optim];

/** What a transform does with slices, and how a training with them compares with a dense one. */
interface SparseCase {
  readonly make: Make;
  /** What its updates for a table are; `none` when it gives none. */
  readonly gives: 'slices' | 'dense' | 'none';
  /** The largest difference after 50 steps; 0 for equal bits. Default 0. */
  readonly within?: number;
  /** It changes gradients, and is followed by `sgd` to train. */
  readonly before?: true;
  /** It leaves rows alone that dense gradients would move. */
  readonly isLazy?: true;
}

const plain = () => sgd({ learningRate: 0.05 });
const isKernel = ({ name }: Parameter) => name === 'kernel';

// The guide to optimizers has this table in words.
const transforms: Record<TransformName, readonly SparseCase[]> = {
  sgd: [
    { make: plain, gives: 'slices' },
    { make: () => sgd({ learningRate: 0.05, momentum: 0.9 }), gives: 'dense' },
  ],
  adagrad: [{ make: () => adagrad({ learningRate: 0.1 }), gives: 'slices' }],
  sparseAdam: [{ make: () => sparseAdam(), gives: 'slices', isLazy: true }],
  adam: [{ make: () => adam(), gives: 'dense' }],
  adamw: [{ make: () => optim.adamw(), gives: 'dense' }],
  amsgrad: [{ make: () => optim.amsgrad(), gives: 'dense' }],
  nadam: [{ make: () => optim.nadam(), gives: 'dense' }],
  radam: [{ make: () => optim.radam(), gives: 'dense' }],
  adamax: [{ make: () => optim.adamax(), gives: 'dense' }],
  rmsprop: [{ make: () => optim.rmsprop(), gives: 'dense' }],
  adadelta: [{ make: () => optim.adadelta(), gives: 'dense' }],
  lion: [{ make: () => optim.lion(), gives: 'dense' }],
  lamb: [{ make: () => optim.lamb(), gives: 'dense' }],
  adafactor: [{ make: () => optim.adafactor(), gives: 'dense' }],
  muon: [{ make: () => optim.muon({ learningRate: 0.01 }), gives: 'dense' }],
  asgd: [{ make: () => optim.asgd({ learningRate: 0.05 }), gives: 'dense' }],
  // Norms are summed in another order.
  clipByGlobalNorm: [
    { make: () => clipByGlobalNorm(0.5), gives: 'slices', within: 1e-6, before: true },
    { make: () => clipByGlobalNorm(1e9), gives: 'slices', before: true },
  ],
  clipByNorm: [{ make: () => optim.clipByNorm(0.5), gives: 'slices', within: 1e-6, before: true }],
  clipByValue: [{ make: () => optim.clipByValue(0.3), gives: 'slices', before: true }],
  adaptiveClip: [{ make: () => optim.adaptiveClip(), gives: 'dense', before: true }],
  gradientNoise: [{ make: () => optim.gradientNoise({ seed: 1 }), gives: 'dense', before: true }],
  weightDecay: [
    { make: () => optim.weightDecay(0.1, { mask: isKernel }), gives: 'slices', before: true },
    { make: () => optim.weightDecay(0.1), gives: 'dense', before: true },
  ],
  inspect: [{ make: () => optim.inspect(() => undefined), gives: 'slices', before: true }],
  freeze: [{ make: () => optim.freeze(), gives: 'none' }],
  decoupledWeightDecay: [
    {
      make: () =>
        chain(plain(), optim.decoupledWeightDecay({ learningRate: 0.05, weightDecay: 0.1 })),
      gives: 'dense',
    },
  ],
  averageParameters: [{ make: () => chain(plain(), optim.averageParameters()), gives: 'dense' }],
  lookahead: [{ make: () => optim.lookahead(plain()), gives: 'dense' }],
  accumulateGradients: [{ make: () => optim.accumulateGradients(1, plain()), gives: 'dense' }],
  chain: [
    { make: () => chain(clipByGlobalNorm(1e9), adagrad()), gives: 'slices' },
    { make: () => chain(clipByGlobalNorm(1e9), adam()), gives: 'dense' },
  ],
  parameterGroups: [
    {
      make: () =>
        parameterGroups(
          { name: 'kernel', where: isKernel, transform: adam() },
          { name: 'tables', transform: chain(optim.clipByValue(0.3), plain()) },
        ),
      gives: 'slices',
    },
    { make: () => parameterGroups({ name: 'all', transform: adam() }), gives: 'dense' },
  ],
};
const cases = Object.entries(transforms).flatMap(([name, all]) =>
  all.map((each, i) => [`${name} ${i}: ${each.gives}`, each] as const),
);

test.each(cases)('slices through %s', (_, { make, gives }) => {
  withModel(true, ({ table, kernel }) =>
    tidy(() => {
      const transform = make();
      const state = transform.init([table, kernel]);
      const rows = tensor([2, 5], [2], 'int32');
      const slices = new IndexedSlices(cosines([2, 5]), rows, table.shape, true);
      const updates = runUpdate(
        transform,
        new Map<Parameter, Gradient>([
          [table, slices],
          [kernel, cosines([5, 4])],
        ]),
        state,
        plainStep,
      );
      const update = updates.get(table);
      if (gives === 'none') expect(update).toBeUndefined();
      else expect(update instanceof IndexedSlices ? 'slices' : 'dense').toBe(gives);
      expect(update?.shape ?? table.shape).toEqual(table.shape);
    }),
  );
});

const exact = cases.filter(([, { isLazy }]) => !isLazy);

test.each(exact)(
  'slices through %s, 50 steps as with dense gradients',
  (_, { make, within = 0, before }) => {
    const whole = before ? () => chain(make(), plain()) : make;
    const [sparse, dense] = [train(whole, true), train(whole, false)];
    if (within === 0) expect(sparse.bits).toBe(dense.bits);
    else closeTo(sparse.values, dense.values, { relative: within, absolute: within });
  },
);

test('a chain that clips and descends in one pass: 50 steps as dense ones, to 1e-6', () => {
  const make = () => chain(optim.clipByValue(0.4), clipByGlobalNorm(0.5), plain());
  closeTo(train(make, true).values, train(make, false).values, { absolute: 1e-6 });
});
