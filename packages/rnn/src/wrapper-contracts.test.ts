// SPDX-License-Identifier: Apache-2.0
import { init, type Tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import { GRUCell } from './gru-cell.ts';
import { HighwayWrapper } from './highway-wrapper.ts';
import { InitialStateWrapper } from './initial-state-wrapper.ts';
import { LayerNormLSTMCell } from './layer-norm-lstm-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import type { LSTMState } from './lstm-state.ts';
import { PeepholeLSTMCell } from './peephole-lstm-cell.ts';
import { RecurrentDropout } from './recurrent-dropout.ts';
import { ResidualWrapper } from './residual-wrapper.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';
import { type CellContract, cellContract } from './testing/index.ts';
import { ZoneoutWrapper } from './zoneout-wrapper.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const own = ['kernel', 'recurrentKernel', 'bias'];
const peepholes = ['input', 'forget', 'output'].map((gate) => `${gate}GatePeepholeWeights`);
const biased = { biasInitializer: 'normal' } as const;
const pair = (c: number, h: number) => [
  [2, c],
  [2, h],
];
const lstm = { stateShapes: pair(3, 3), outputShape: [2, 3], paths: own };
const simple = { stateShapes: [[2, 3]], outputShape: [2, 3], paths: own };

function checkContract<State>(contract: CellContract<State>, but = /^$/): void {
  for (const { title, run } of cellContract(contract)) if (!but.test(title)) test(title, run);
}

describe('PeepholeLSTMCell with clips and a projection', () => {
  checkContract<LSTMState>({
    create: () => new PeepholeLSTMCell(4, { ...biased, cellClip: 3, numProj: 2, projClip: 5 }),
    stateShapes: pair(4, 2),
    outputShape: [2, 2],
    paths: [...own, ...peepholes, 'projectionKernel'],
  });
});

describe('PeepholeLSTMCell without peepholes or a bias', () => {
  const create = () => new PeepholeLSTMCell(3, { usePeepholes: false, useBias: false });
  checkContract<LSTMState>({ create, ...lstm, paths: own.slice(0, 2) });
});

describe('LayerNormLSTMCell', () => {
  const norms = ['kernelGamma', 'recurrentGamma', 'stateGamma', 'stateBeta'];
  // A large epsilon keeps the curvature of the norms small enough for differences.
  const options = { ...biased, epsilon: 0.1, betaInitializer: 'normal' } as const;
  checkContract<LSTMState>({
    create: () => new LayerNormLSTMCell(3, options),
    ...lstm,
    paths: [...own, ...norms],
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses an epsilon of %d', (epsilon) => {
    expect(() => new LayerNormLSTMCell(3, { epsilon })).toThrow('epsilon must be a finite number');
  });
});

describe('ResidualWrapper', () => {
  const create = () => new ResidualWrapper(new LSTMCell(3, biased));
  checkContract<LSTMState>({ create, ...lstm });
});

describe('HighwayWrapper', () => {
  const create = () => new HighwayWrapper(new GRUCell(3, biased));
  const paths = [...own, 'carry/kernel', 'carry/bias'];
  checkContract<Tensor>({ create, ...simple, paths });
});

describe('HighwayWrapper with two gates', () => {
  const options = { coupleCarryTransformGates: false, carryBiasInit: 0.5 };
  const create = () => new HighwayWrapper(new SimpleRNNCell(3, biased), options);
  const gates = ['carry', 'transform'].flatMap((gate) => [`${gate}/kernel`, `${gate}/bias`]);
  checkContract<Tensor>({ create, ...simple, paths: [...own, ...gates] });
});

describe('ZoneoutWrapper', () => {
  const rates = { zoneout: 0.3, cellZoneout: 0.6 };
  const create = () => new ZoneoutWrapper(new LSTMCell(3, biased), rates);
  checkContract<LSTMState>({ create, ...lstm, isRandom: true });
});

describe('RecurrentDropout', () => {
  const rates = { dropout: 0.4, recurrentDropout: 0.4 };
  const cells = {
    'of an LSTMCell': () => new RecurrentDropout(new LSTMCell(3, biased), rates),
    'of a PeepholeLSTMCell without peepholes': () =>
      new RecurrentDropout(new PeepholeLSTMCell(3, { ...biased, usePeepholes: false }), rates),
  };
  for (const [title, create] of Object.entries(cells)) {
    describe(title, () => checkContract<LSTMState>({ create, ...lstm, isRandom: true }));
  }
  describe('of a GRUCell', () => {
    const create = () => new RecurrentDropout(new GRUCell(3, biased), rates);
    checkContract<Tensor>({ create, ...simple, isRandom: true });
  });
});

describe('InitialStateWrapper', () => {
  const create = () => new InitialStateWrapper(new LSTMCell(3, biased));
  const paths = ['initialState/c', 'initialState/h', ...own];
  // A loss of steps from a given state does not depend on the parameters; the test of layers checks
  // their gradients.
  checkContract<LSTMState>({ create, ...lstm, paths }, /central differences/);
});

describe('all wrappers around a stack', () => {
  checkContract({
    create: () =>
      new ZoneoutWrapper(
        new ResidualWrapper(
          new DropoutWrapper(
            new HighwayWrapper(
              new StackedRNNCells([
                new HighwayWrapper(new ResidualWrapper(new PeepholeLSTMCell(3, biased))),
                new ZoneoutWrapper(new GRUCell(3, biased), { zoneout: 0.2 }),
              ]),
            ),
            { inputKeepProb: 0.5, stateKeepProb: 0.8 },
          ),
        ),
        { zoneout: 0.1, cellZoneout: 0.2 },
      ),
    stateShapes: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    outputShape: [2, 3],
    paths: [
      ...[...own, ...peepholes, 'carry/kernel', 'carry/bias'].map((path) => `cell0/${path}`),
      ...own.map((path) => `cell1/${path}`),
      'carry_1/kernel',
      'carry_1/bias',
    ],
    isRandom: true,
  });
});
