// SPDX-License-Identifier: Apache-2.0
import { scalar, tensor } from '../create.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { cosines, sines } from '../testing/fixtures.ts';
import { add, mul } from './arithmetic.ts';
import type { OpCase } from './gradient-case-testing.ts';
import { type GruSequenceArguments, gruSequence } from './gru-sequence.ts';
import { type LstmSequenceArguments, lstmSequence } from './lstm-sequence.ts';
import type { OpName } from './names.ts';
import { sum } from './reduce.ts';
import { type SimpleRnnSequenceArguments, simpleRnnSequence } from './simple-rnn-sequence.ts';

const [TIME, BATCH, FEATURES, UNITS] = [3, 2, 3, 4];

/** Weights and states that are all different, for a cell of so many gates. */
const point = (gates: number, features: number, vectors: readonly Shape[]) => () => [
  sines([TIME, BATCH, features], { start: 1 }),
  cosines([features, gates * UNITS], { start: 2, scale: 0.5 }),
  sines([UNITS, gates * UNITS], { start: 3, scale: 0.5 }),
  ...vectors.map((shape, i) => cosines(shape, { start: 4 + i, scale: 0.3 })),
];

type Five = [x: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor, h: Tensor];
type Six = [...Five, last: Tensor];
type FiveOrSix = [...Five, last?: Tensor];

const STATE: Shape = [BATCH, UNITS];
const stateMask = () => tensor([2, 0, 0.5, 1.5, 1, 2, 0, 1], STATE);
const stepMask = () => cosines([TIME, 1, UNITS], { start: 9, offset: 1 });
const valid = () => tensor([true, true, false, true, true, false], [TIME, BATCH]);

/** Everything that a sequence gives, weighted, as one number: also the last states have a gradient. */
const total = (...parts: readonly Tensor[]): Tensor =>
  parts.reduce((whole, part, i) => add(whole, mul(sum(mul(part, part)), 1 + 0.5 * i)), scalar(0));

function lstm(options: () => Partial<LstmSequenceArguments> = () => ({})) {
  return (...[inputs, kernel, recurrentKernel, bias, h, c]: Six) => {
    const initialState = { h, c };
    const weights = { kernel, recurrentKernel, bias };
    const result = lstmSequence({ inputs, ...weights, initialState, ...options() });
    return total(result.outputs, result.h, result.c);
  };
}

function gru(resetAfter: boolean, options: () => Partial<GruSequenceArguments> = () => ({})) {
  return (...[inputs, kernel, recurrentKernel, bias, initialState, recurrentBias]: FiveOrSix) => {
    const weights = { kernel, recurrentKernel, bias, recurrentBias };
    const result = gruSequence({ inputs, ...weights, initialState, resetAfter, ...options() });
    return total(result.outputs, result.state);
  };
}

function simpleRnn(options: () => Partial<SimpleRnnSequenceArguments> = () => ({})) {
  return (...[inputs, kernel, recurrentKernel, bias, initialState]: FiveOrSix) => {
    const weights = { kernel, recurrentKernel, bias };
    const result = simpleRnnSequence({ inputs, ...weights, initialState, ...options() });
    return total(result.outputs, result.state);
  };
}

const lstmPoint = (features = FEATURES) => point(4, features, [[4 * UNITS], STATE, STATE]);
const gruPoint = (features = FEATURES) => point(3, features, [[3 * UNITS], STATE, [3 * UNITS]]);
const simplePoint = (features = FEATURES) => point(1, features, [[UNITS], STATE]);
const masked = () => ({ stateMask: stateMask(), valid: valid(), repeatOutputs: true });
const reuse = 'reuse of one tensor';

/** The gradient checks of the fused recurrent ops, over every option. */
export const sequenceCases = {
  lstmSequence: {
    order: 1,
    checks: [
      { at: 'plain', fn: lstm(), inputs: lstmPoint() },
      { at: 'backwards', fn: lstm(() => ({ goBackwards: true })), inputs: lstmPoint() },
      {
        at: 'masks of h and c, one for each step',
        fn: lstm(() => ({ stateMask: stepMask(), cellMask: stateMask() })),
        inputs: lstmPoint(),
      },
      { at: 'skipped steps, outputs repeated', fn: lstm(masked), inputs: lstmPoint() },
      {
        at: 'skipped steps, outputs zero',
        fn: lstm(() => ({ valid: valid() })),
        inputs: lstmPoint(),
      },
      {
        at: reuse,
        fn: (...all: Five) => lstm()(...all, all[4]),
        inputs: () => lstmPoint()().slice(0, 5),
      },
      { at: 'zero-size features', fn: lstm(), inputs: lstmPoint(0) },
    ],
  },
  gruSequence: {
    order: 1,
    checks: [
      { at: 'reset after', fn: gru(true), inputs: gruPoint() },
      {
        at: 'reset before',
        fn: gru(false),
        inputs: () => gruPoint()().slice(0, 5),
      },
      {
        at: 'reset before, backwards, masks and skipped steps',
        fn: gru(false, () => ({ ...masked(), goBackwards: true })),
        inputs: () => gruPoint()().slice(0, 5),
      },
      { at: 'backwards', fn: gru(true, () => ({ goBackwards: true })), inputs: gruPoint() },
      { at: 'masks and skipped steps', fn: gru(true, masked), inputs: gruPoint() },
      {
        at: reuse,
        fn: (...all: Five) => gru(true)(...all, all[3]),
        inputs: () => gruPoint()().slice(0, 5),
      },
      { at: 'zero-size features', fn: gru(true), inputs: gruPoint(0) },
    ],
  },
  simpleRnnSequence: {
    order: 1,
    checks: [
      { at: 'tanh', fn: simpleRnn(), inputs: simplePoint() },
      { at: 'backwards', fn: simpleRnn(() => ({ goBackwards: true })), inputs: simplePoint() },
      { at: 'masks and skipped steps', fn: simpleRnn(masked), inputs: simplePoint() },
      {
        at: reuse,
        fn: (x: Tensor, k: Tensor, r: Tensor, h: Tensor) =>
          simpleRnn()(x, k, r, sum(h, { axis: 0 }), h),
        inputs: () => [...simplePoint()().slice(0, 3), ...simplePoint()().slice(4)],
      },
      { at: 'zero-size features', fn: simpleRnn(), inputs: simplePoint(0) },
    ],
  },
} satisfies Partial<Record<OpName, OpCase>>;
