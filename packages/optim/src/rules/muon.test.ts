// SPDX-License-Identifier: Apache-2.0
import { memory, Parameter } from '@tapeloop/core';
import { cosines } from '@tapeloop/core/testing';
import { expect, test } from 'vitest';
import { Optimizer } from '../optimizer.ts';
import { testRule } from '../rule-suite-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { parameterGroups } from '../transforms/parameter-groups.ts';
import { adam } from './adam.ts';
import { type MuonOptions, muon, muonScale } from './muon.ts';

type Options = Required<
  Pick<MuonOptions, 'learningRate' | 'momentum' | 'nesterov' | 'weightDecay' | 'scaling'>
>;

testRule<Options>({
  rule: 'muon',
  libraries: ['PyTorch', 'Optax'],
  make: muon,
  contract: {
    make: () => grouped({ learningRate: 0.02 }),
    quadratic: {
      make: () =>
        grouped({ learningRate: cosineDecay({ initial: 0.2, steps: 400 }), weightDecay: 0 }),
      steps: 400,
      shape: [2, 3],
    },
    rosenbrock: {
      make: () =>
        grouped({ learningRate: cosineDecay({ initial: 0.02, steps: 6000 }), weightDecay: 0 }),
      steps: 6000,
      shape: [1, 2],
    },
    network: { make: () => grouped({ learningRate: 0.02, weightDecay: 0 }), steps: 600 },
  },
  refusals: [
    [() => muon({ momentum: 1 }), 'muon: momentum must be a number in [0, 1), got 1.'],
    [
      () => muon({ weightDecay: -1 }),
      'muon: weightDecay must be a finite number of at least 0, got -1.',
    ],
  ],
});

/** Muon for the matrices, Adam for the rest. */
function grouped(options: MuonOptions) {
  return parameterGroups(
    { name: 'matrices', where: ({ shape }) => shape.length === 2, transform: muon(options) },
    { name: 'rest', transform: adam({ learningRate: options.learningRate ?? 0.01 }) },
  );
}

test('a parameter that is not a matrix is an error that names it, and leaves nothing', () => {
  const bias = new Parameter('dense/bias', cosines([3]));
  const before = memory().tensors;
  expect(() => new Optimizer([bias], muon())).toThrow(
    'muon: parameter dense/bias must be a matrix, got "1 dimensions". Give it another rule',
  );
  expect(memory().tensors).toBe(before);
  bias.dispose();
});

test('the scale is that of a kernel [inputs, outputs]', () => {
  expect([muonScale('spectral', 2, 8), muonScale('spectral', 8, 2)]).toEqual([2, 1]);
  expect(muonScale('matchAdam', 100, 25)).toBe(2);
});
