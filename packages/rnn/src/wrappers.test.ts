// SPDX-License-Identifier: Apache-2.0
import {
  init,
  ones,
  ShapeError,
  setSeed,
  sub,
  type Tensor,
  tensorsIn,
  tidy,
  zeros,
} from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { fromConfig, toConfig } from '@tapeloop/layers';
import { claimSixSigma } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import { GRUCell } from './gru-cell.ts';
import { HighwayWrapper } from './highway-wrapper.ts';
import { InitialStateWrapper } from './initial-state-wrapper.ts';
import { LSTMCell } from './lstm-cell.ts';
import { LSTMState } from './lstm-state.ts';
import { PeepholeLSTMCell } from './peephole-lstm-cell.ts';
import { RecurrentDropout } from './recurrent-dropout.ts';
import { ResidualWrapper } from './residual-wrapper.ts';
import { RNN } from './rnn.ts';
import type { RNNCell } from './rnn-cell.ts';
import { withRun } from './run.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';
import { EchoCell } from './testing/index.ts';
import { ZoneoutWrapper } from './zoneout-wrapper.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const echo = (size: number) => new EchoCell<Tensor, Tensor>({ stateSize: size, outputSize: size });
const pathsOf = (cell: RNNCell<never>) => cell.namedParameters().map(([path]) => path);

describe('HighwayWrapper', () => {
  test('mixes inputs and output as the equations say, in float64 to 1e-6', () => {
    using cell = new HighwayWrapper(new GRUCell(2, { biasInitializer: 'normal' }), {
      coupleCarryTransformGates: false,
      carryBiasInit: 0.7,
    });
    const [x, h] = [cosines([1, 2]), sines([1, 2])];
    const got = cell.call(x, h);
    const inner = [...cell.wrappedCell.call(x, h).output.data()];
    const values = new Map(cell.namedParameters().map(([path, { value }]) => [path, value.data()]));
    const gate = (name: string) =>
      [0, 1].map((unit) => {
        const kernel = values.get(`${name}/kernel`) ?? [];
        const [a = 0, b = 0] = x.data();
        const z = a * (kernel[unit] ?? 0) + b * (kernel[2 + unit] ?? 0);
        return 1 / (1 + Math.exp(-z - (values.get(`${name}/bias`)?.[unit] ?? 0)));
      });
    const [carry, transform] = [gate('carry'), gate('transform')];
    const expected = inner.map(
      (y, i) => (carry[i] ?? 0) * (x.data()[i] ?? 0) + (transform[i] ?? 0) * y,
    );
    closeTo(got.output, expected, { absolute: 1e-6 });
    expect([...got.state.data()]).toEqual(inner);
    expect([...(values.get('carry/bias') ?? [])]).toEqual([...new Float32Array([0.7, 0.7])]);
    expect([...(values.get('transform/bias') ?? [])]).toEqual([...new Float32Array([-0.7, -0.7])]);
  });

  test('refuses inputs of another width, and cells whose output is no vector', () => {
    const wide = () => new HighwayWrapper(new GRUCell(2)).build([1, 3]);
    expect(wide).toThrow(ShapeError);
    const nested = new EchoCell<Tensor, never>({ stateSize: 1, outputSize: [1, 2] });
    expect(() => new HighwayWrapper(nested as never)).toThrow('output is one vector');
  });
});

describe('ResidualWrapper', () => {
  test('adds the inputs, or does what it is told, which no config can hold', () => {
    const cell = new ResidualWrapper(echo(2));
    expect([...cell.call(ones([1, 2]), zeros([1, 2])).output.data()]).toEqual([2, 2]);
    const own = new ResidualWrapper(echo(2), { residualFn: (x, y) => sub(x, y) });
    expect([...own.call(ones([1, 2]), zeros([1, 2])).output.data()]).toEqual([0, 0]);
    expect(() => own.getConfig()).toThrow('cannot hold residualFn');
  });

  test('refuses to broadcast, and what is no cell', () => {
    using cell = new ResidualWrapper(new GRUCell(1));
    expect(() => cell.call(ones([2, 3]), zeros([2, 1]))).toThrow("output's shape [2,1], got [2,3]");
    expect(() => new ResidualWrapper({} as RNNCell<Tensor>)).toThrow('cell must be an RNNCell');
  });
});

describe('ZoneoutWrapper', () => {
  const before = (rows: number, size: number) => zeros([rows, size]);
  /** New states are 1, old ones 0: what it gives tells what was kept. */
  class Ones extends EchoCell<LSTMState, Tensor> {
    protected override step(__inputs: Tensor, state: LSTMState) {
      const h = ones(state.h.shape);
      return { output: h, state: new LSTMState({ c: ones(state.c.shape), h }) };
    }
  }
  const sizes = (size: number) => ({
    stateSize: new LSTMState({ c: size, h: size }),
    outputSize: size,
  });
  const start = (rows: number, size: number) =>
    new LSTMState({ c: before(rows, size), h: before(rows, size) });

  test('keeps each element with its rate, by itself: six sigma of 10,000', () => {
    const cell = new ZoneoutWrapper(new Ones(sizes(100)), {
      zoneout: 0.2,
      cellZoneout: 0.5,
      seed: 1,
    });
    const steps = [0, 1].map(() => cell.call(ones([100, 1]), start(100, 100), { training: true }));
    const taken = (tensor: Tensor | undefined) => [...(tensor?.data() ?? [])];
    const [c0, h0, c1] = [steps[0]?.state.c, steps[0]?.state.h, steps[1]?.state.c].map(taken);
    const sum = (values: number[] = []) => values.reduce((a, b) => a + b, 0);
    const near = (count: number, p: number) => claimSixSigma(count, 10_000, p);
    near(sum(c0), 0.5);
    near(sum(h0), 0.8);
    const both = (a: number[] = [], b: number[] = []) => sum(a.map((x, i) => x * (b[i] ?? 0)));
    near(both(c0, h0), 0.4);
    near(both(c0, c1), 0.25);
    expect(new Set([...(c0 ?? []), ...(h0 ?? [])])).toEqual(new Set([0, 1]));
    expect(taken(steps[0]?.output)).toEqual(h0);
  });

  test('takes the mean in inference, in outputs that are states too', () => {
    const rates = { zoneout: 0.25, cellZoneout: 0.5 };
    const cell = new ZoneoutWrapper(new Ones(sizes(2)), rates);
    const { output, state } = cell.call(ones([1, 1]), start(1, 2), { training: false });
    expect([...state.c.data(), ...state.h.data()]).toEqual([0.5, 0.5, 0.75, 0.75]);
    expect(output).toBe(state.h);
  });

  test('with a seed gives the same masks again, and draws nothing for a rate of 0', () => {
    const run = (options: object) => {
      const cell = new ZoneoutWrapper(new Ones(sizes(50)), { cellZoneout: 0.5, ...options });
      const { state } = cell.call(ones([1, 1]), start(1, 50), { training: true });
      return { cell, c: [...state.c.data()] };
    };
    expect(run({ seed: 5 }).c).toEqual(run({ seed: 5 }).c);
    expect(run({ seed: 5, zoneout: 0.9 }).c).toEqual(run({ seed: 5 }).c);
    expect(run({ seed: 6 }).c).not.toEqual(run({ seed: 5 }).c);
    expect([...run({ seed: 5 }).cell.randomState().keys()]).toEqual(['zoneout_0']);
  });

  test('refuses rates outside [0, 1)', () => {
    expect(() => new ZoneoutWrapper(echo(1), { zoneout: 1 })).toThrow('zoneout must be');
    expect(() => new ZoneoutWrapper(echo(1), { cellZoneout: Number.NaN })).toThrow('cellZoneout');
    expect(() => new ZoneoutWrapper(echo(1), { zoneout: '0' as unknown as number })).toThrow(
      TypeError,
    );
  });
});

describe('RecurrentDropout', () => {
  const step = (cell: RecurrentDropout<Tensor>, rows = 1, size = 100) => [
    ...cell.call(ones([rows, size]), ones([rows, size]), { training: true }).output.data(),
  ];

  test('keeps one mask for the steps of a run, another for each row, and a new one for the next', () => {
    const cell = new RecurrentDropout(echo(100), { dropout: 0.5, seed: 2 });
    const runs = [0, 1].map(() => withRun(() => [step(cell, 2), step(cell, 2)]));
    expect(runs[0]?.[0]).toEqual(runs[0]?.[1]);
    expect(runs[0]?.[0]).not.toEqual(runs[1]?.[0]);
    expect(runs[0]?.[0]?.slice(0, 100)).not.toEqual(runs[0]?.[0]?.slice(100));
    expect(new Set(runs.flat(2))).toEqual(new Set([0, 2]));
  });

  test('keeps its masks outside any run until resetDropoutMasks()', () => {
    using cell = new RecurrentDropout(echo(100), { dropout: 0.5, seed: 2 });
    const first = step(cell);
    expect(step(cell)).toEqual(first);
    cell.resetDropoutMasks();
    expect(step(cell)).not.toEqual(first);
  });

  test('keeps the share that it should: six sigma of 10,000', () => {
    const cell = new RecurrentDropout(echo(100), { dropout: 0.3, seed: 4 });
    const kept = withRun(() => step(cell, 100)).filter((value) => value !== 0).length;
    claimSixSigma(kept, 10_000, 0.7);
  });

  test('refuses a state that is neither a tensor nor an LSTMState', () => {
    const cell = new RecurrentDropout(new StackedRNNCells([new GRUCell(2)]), { dropout: 0.5 });
    expect(() => cell.call(ones([1, 2]), [zeros([1, 2])], { training: true })).toThrow('LSTMState');
    cell.dispose();
  });

  test.each<[string, () => RNNCell<Tensor>]>([
    ['a wrapped GRUCell', () => new DropoutWrapper(new GRUCell(2))],
    ['one wrapped twice', () => new ResidualWrapper(new DropoutWrapper(new GRUCell(2)))],
    ['a ZoneoutWrapper', () => new ZoneoutWrapper(echo(2))],
    ['a wrapped one', () => new DropoutWrapper(new ZoneoutWrapper(echo(2)))],
  ])('refuses %s, which would carry the dropped h on', (_, create) => {
    const wrap = (recurrentDropout: number) =>
      new RecurrentDropout(create(), { dropout: 0.5, recurrentDropout });
    expect(() => wrap(0.5)).toThrow('uses h in products only');
    expect(() => wrap(0)).not.toThrow();
  });
});

describe('any nesting', () => {
  const lstm = () => new LSTMCell(3, { biasInitializer: 'normal' });
  const nestings: Record<string, () => RNNCell<LSTMState>> = {
    bare: lstm,
    'dropout(residual)': () => new DropoutWrapper(new ResidualWrapper(lstm())),
    'residual(zoneout(dropout))': () =>
      new ResidualWrapper(new ZoneoutWrapper(new DropoutWrapper(lstm()), { zoneout: 0.5 })),
    'zoneout(recurrent dropout)': () => new ZoneoutWrapper(new RecurrentDropout(lstm())),
  };

  test.each(Object.entries(nestings))(
    '%s has the parameters of the bare cell and comes back from its config',
    (_, create) => {
      using cell = create();
      cell.build([null, 3]);
      expect(pathsOf(cell as RNNCell<never>)).toEqual(['kernel', 'recurrentKernel', 'bias']);
      const saved = toConfig(cell);
      expect(toConfig(fromConfig(JSON.parse(JSON.stringify(saved))))).toEqual(saved);
      using bare = lstm();
      bare.build([null, 3]);
      tidy(() => bare.loadStateDict(cell.stateDict()));
    },
  );

  test('highways in highways have paths of their own', () => {
    using cell = new HighwayWrapper(new ResidualWrapper(new HighwayWrapper(new GRUCell(2))));
    cell.build([null, 2]);
    const own = ['kernel', 'recurrentKernel', 'bias'];
    const gates = ['carry/kernel', 'carry/bias', 'carry_1/kernel', 'carry_1/bias'];
    expect(pathsOf(cell as unknown as RNNCell<never>)).toEqual([...own, ...gates]);
  });
});

describe('a fused sequence and its steps agree to 1e-6', () => {
  const cells: Record<string, () => RNNCell<unknown>> = {
    ResidualWrapper: () => new ResidualWrapper(new LSTMCell(3)),
    HighwayWrapper: () => new HighwayWrapper(new GRUCell(3)),
    InitialStateWrapper: () => new InitialStateWrapper(new LSTMCell(3), { initializer: 'normal' }),
    'RecurrentDropout in inference': () => new RecurrentDropout(new GRUCell(3), { dropout: 0.5 }),
    'a stack of residual cells': () =>
      new StackedRNNCells([
        new ResidualWrapper(new LSTMCell(3)),
        new ResidualWrapper(new GRUCell(3)),
      ]),
  };

  test.each(Object.entries(cells))('in %s, with and without a mask', (_, create) => {
    setSeed(1);
    using cell = create();
    const options = { returnSequences: true, returnState: true } as const;
    const fused = new RNN(cell, options);
    const steps = new RNN(cell, { ...options, unroll: true });
    const x = cosines([2, 4, 3]);
    for (const context of [{}, { sequenceLengths: [4, 2] }]) {
      const [got, expected] = [fused.call(x, context), steps.call(x, context)];
      closeTo(got.output, expected.output, { absolute: 1e-6 });
      tensorsIn(got.state).forEach((leaf, i) => {
        closeTo(leaf, tensorsIn(expected.state)[i]?.data() ?? [], { absolute: 1e-6 });
      });
    }
  });

  test('and only where it can: not with a residual function, nor where rows skip steps', () => {
    const plan = {
      ...{ training: false, time: 3, batch: 2, features: 3, goBackwards: false },
      ...{ isMasked: false, hasStateMasks: false },
    };
    const cell = new ResidualWrapper(new GRUCell(3));
    expect(cell.canRunSequence(plan)).toBe(cell.wrappedCell.canRunSequence(plan));
    expect(cell.canRunSequence({ ...plan, isMasked: true })).toBe(false);
    const own = new ResidualWrapper(new GRUCell(3), { residualFn: (_, y) => y });
    expect(own.canRunSequence(plan)).toBe(false);
    expect(new RecurrentDropout(new GRUCell(3)).canRunSequence({ ...plan, training: true })).toBe(
      false,
    );
  });
});

describe('PeepholeLSTMCell', () => {
  test('refuses clips that are not over 0, and one of a projection that is not there', () => {
    expect(() => new PeepholeLSTMCell(2, { cellClip: 0 })).toThrow('cellClip must be');
    expect(() => new PeepholeLSTMCell(2, { projClip: 1 })).toThrow('absent without numProj');
    expect(() => new PeepholeLSTMCell(2, { numProj: 0 })).toThrow('numProj must be');
  });
});
