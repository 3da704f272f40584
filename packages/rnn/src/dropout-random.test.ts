// SPDX-License-Identifier: Apache-2.0
import { dropout, init, ones, RandomStream, setSeed, type Tensor, uniform } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { claimIndependent, claimSixSigma } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { componentSeed } from './component-seed.ts';
import { DropoutWrapper } from './dropout-wrapper.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import { LSTMState } from './lstm-state.ts';
import { withRun } from './run.ts';
import { EchoCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [ROWS, WIDTH] = [50, 200];
const N = ROWS * WIDTH;
const half = { inputKeepProb: 0.5, stateKeepProb: 0.5, outputKeepProb: 0.5 };
const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: WIDTH } as const;

const wrap = (options: DropoutWrapperOptions) =>
  new DropoutWrapper(
    new EchoCell<Tensor, Tensor>({ stateSize: WIDTH, outputSize: WIDTH }),
    options,
  );
/** One step on ones: where only one component is dropped, its mask. */
const step = (wrapper: ReturnType<typeof wrap>, rows = ROWS) => {
  const { output, state } = wrapper.call(ones([rows, WIDTH]), ones([rows, WIDTH]));
  return { output: [...output.data()], state: [...state.data()] };
};

describe.each([0.2, 0.5, 0.8])('with a keep probability of %d', (p) => {
  test.each(['inputKeepProb', 'outputKeepProb'])(
    '%s keeps the share p, scaled by 1 / p',
    (name) => {
      const { output } = step(wrap({ [name]: p, seed: 7 }));
      expect([...new Set(output)].sort()).toEqual([0, Math.fround(1 / p)]);
      claimSixSigma(output.filter((value) => value !== 0).length, N, p);
    },
  );

  test('stateKeepProb keeps the share p, scaled by 1 / p', () => {
    const { state } = step(wrap({ stateKeepProb: p, seed: 7 }));
    expect([...new Set(state)].sort()).toEqual([0, Math.fround(1 / p)]);
    claimSixSigma(state.filter((value) => value !== 0).length, N, p);
  });

  test('variational masks keep the share p over many runs', () => {
    const wrapper = wrap({ ...variational, outputKeepProb: p, seed: 7 });
    const masks = Array.from({ length: ROWS }, () => withRun(() => step(wrapper, 1).output)).flat();
    expect([...new Set(masks)].sort()).toEqual([0, Math.fround(1 / p)]);
    claimSixSigma(masks.filter((value) => value !== 0).length, N, p);
  });
});

test('P1: the same seed and calls give the same bits, whatever else draws', () => {
  const [first, second] = [wrap({ ...half, seed: -234987 }), wrap({ ...half, seed: -234987 })];
  const expected = [step(first), step(first)];
  const got = step(second);
  uniform([9]);
  step(wrap(half));
  expect([got, step(second)]).toEqual(expected);
});

test('P2: a new mask each step, also with a seed, independent of the last', () => {
  const wrapper = wrap({ outputKeepProb: 0.5, seed: 7 });
  const [first, second] = [step(wrapper).output, step(wrapper).output];
  claimIndependent(first, second, 0.5);
});

test('P3: inputs, outputs and states have independent masks', () => {
  const input = step(wrap({ inputKeepProb: 0.5, seed: 7 })).output;
  const output = step(wrap({ outputKeepProb: 0.5, seed: 7 })).output;
  const { state } = step(wrap({ stateKeepProb: 0.5, seed: 7 }));
  claimIndependent(input, output, 0.5);
  claimIndependent(input, state, 0.5);
  claimIndependent(output, state, 0.5);
});

describe('P4: a variational mask', () => {
  const options = { ...variational, ...half, inputKeepProb: 1, seed: 7 };

  test('is the same for all steps of a run and all rows, and new in the next run', () => {
    const wrapper = wrap(options);
    const runs = [0, 1].map(() => withRun(() => [step(wrapper), step(wrapper)]));
    for (const [first, second] of runs) {
      expect(second).toEqual(first);
      for (let row = 1; row < ROWS; row++) {
        const rowOf = (values: readonly number[] = []) =>
          values.slice(row * WIDTH, (row + 1) * WIDTH);
        expect(rowOf(first?.output)).toEqual(first?.output.slice(0, WIDTH));
        expect(rowOf(first?.state)).toEqual(first?.state.slice(0, WIDTH));
      }
    }
    const [one = [], two = []] = runs.map((run) => run[0]?.output.slice(0, WIDTH));
    claimIndependent(one, two, 0.5);
  });

  test('comes again in the same order with the same seed', () => {
    const masks = () => {
      const wrapper = wrap(options);
      return [0, 1, 2].map(() => withRun(() => step(wrapper)));
    };
    expect(masks()).toEqual(masks());
  });

  test('stays through steps by hand until resetDropoutMasks()', () => {
    using wrapper = wrap(options);
    const first = step(wrapper);
    expect(step(wrapper)).toEqual(first);
    expect(withRun(() => step(wrapper))).not.toEqual(first);
    expect(step(wrapper)).toEqual(first);
    wrapper.resetDropoutMasks();
    expect(step(wrapper)).not.toEqual(first);
  });

  test('differs by row with maskPerExample, and fits a batch of another size', () => {
    using wrapper = wrap({ ...options, maskPerExample: true });
    const first = step(wrapper).output;
    expect(step(wrapper).output).toEqual(first);
    claimIndependent(first.slice(WIDTH), first.slice(0, -WIDTH), 0.5);
    expect(step(wrapper, 3).output).toHaveLength(3 * WIDTH);
  });

  test('moves its threshold, and keeps its noise, when a function changes the probability', () => {
    let p = 0.8;
    using wrapper = wrap({ ...variational, outputKeepProb: () => p });
    const many = step(wrapper, 1).output;
    p = 0.3;
    const few = step(wrapper, 1).output;
    expect(few.filter((value, i) => value !== 0 && many[i] === 0)).toEqual([]);
    claimSixSigma(few.filter((value) => value !== 0).length, WIDTH, 0.3);
    p = 0.8;
    expect(step(wrapper, 1).output).toEqual(many);
  });
});

test('P5: two wrappers without a seed differ, and setSeed brings both back', () => {
  const wrappers = [wrap({ outputKeepProb: 0.5 }), wrap({ outputKeepProb: 0.5 })];
  const draw = () => wrappers.map((wrapper) => step(wrapper).output);
  setSeed(5);
  const [first = [], second = []] = draw();
  claimIndependent(first, second, 0.5);
  setSeed(5);
  expect(draw()).toEqual([first, second]);
});

test('P6: a component with a keep probability of 1 draws nothing and disturbs no other', () => {
  const alone = wrap({ stateKeepProb: 0.5, seed: 7 });
  const withOthers = wrap({ ...half, seed: 7 });
  expect([step(alone).state, step(alone).state]).toEqual([
    step(withOthers).state,
    step(withOthers).state,
  ]);
  expect([...alone.randomState().keys()]).toEqual(['state_0']);
});

test('a run goes on after randomState() and loadRandomState()', () => {
  const wrapper = wrap({ ...half, seed: 7 });
  step(wrapper);
  const saved = JSON.stringify([...wrapper.randomState()]);
  const expected = step(wrapper);
  const resumed = wrap({ ...half, seed: 7 });
  resumed.loadRandomState(new Map(JSON.parse(saved)));
  expect(step(resumed)).toEqual(expected);
  resumed.resetRandom();
  expect(step(resumed)).toEqual(step(wrap({ ...half, seed: 7 })));
});

describe('the seed of a leaf of the state', () => {
  const pair = () => new LSTMState({ c: ones([2, 4]), h: ones([2, 4]) });
  const size = new LSTMState({ c: 4, h: 4 });
  const skipFirst = (part: unknown) =>
    Array.isArray(part)
      ? [false, true]
      : !(part instanceof LSTMState) || new LSTMState({ c: false, h: true });
  const dropLastH = (options: DropoutWrapperOptions) => {
    const cell = new EchoCell<readonly LSTMState[], Tensor>({
      stateSize: [size, size],
      outputSize: 4,
    });
    const wrapper = new DropoutWrapper(cell, {
      stateKeepProb: 0.5,
      seed: 10,
      dropoutStateFilterVisitor: skipFirst,
      ...options,
    });
    return withRun(() => wrapper.call(ones([2, 4]), [pair(), pair()]).state[1]?.h.data());
  };
  const streamOf = (index: number) => new RandomStream(componentSeed(10, 'state', index));

  test('counts a spared part as one, step by step', () => {
    // c0 and h0 are index 0 together, c1 is 1, h1 is 2.
    expect(dropLastH({})).toEqual(dropout(ones([2, 4]), 0.5, { stream: streamOf(2) }).data());
  });

  test('counts all leaves in variational mode', () => {
    const noise = [...uniform([1, 4], { stream: streamOf(3) }).data()];
    const mask = noise.map((u) => (u >= 0.5 ? 2 : 0));
    const options = { variationalRecurrent: true, dtype: 'float32' } as const;
    expect(dropLastH(options)).toEqual(Float32Array.from([...mask, ...mask]));
  });
});
