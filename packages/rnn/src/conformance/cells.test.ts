// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import {
  init,
  Parameter,
  type Shape,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { recipe } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRUCell } from '../gru-cell.ts';
import { LSTMCell } from '../lstm-cell.ts';
import { LSTMState } from '../lstm-state.ts';
import { SimpleRNNCell } from '../simple-rnn-cell.ts';

interface Values {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** A case of `conformance/pytorch/ops.py`, whose opening comment states the loss. */
interface Case {
  readonly inputs: Readonly<Record<string, Values>>;
  readonly outputs: Readonly<Record<string, Values>>;
  readonly gradients: Readonly<Record<string, Values>>;
}

type Named = (name: string) => Tensor;
type Cell = LSTMCell | GRUCell | SimpleRNNCell;

const file = new URL('../../../../conformance/pytorch/ops.json', import.meta.url);
const golden: Record<string, Case> = JSON.parse(readFileSync(file, 'utf8'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const UNITS = 5;
const cases: [name: string, make: () => { cell: Cell; step: (x: Named) => Named }][] = [
  ['lstmCell', stepLSTM],
  ['gruCell', () => stepSimple(new GRUCell(UNITS, { resetAfter: true }))],
  ['simpleRNNCell tanh', () => stepSimple(new SimpleRNNCell(UNITS))],
  ['simpleRNNCell relu', () => stepSimple(new SimpleRNNCell(UNITS, { activation: 'relu' }))],
];

function stepLSTM() {
  const cell = new LSTMCell(UNITS);
  const step = (x: Named) => {
    const { state } = cell.call(x('x'), new LSTMState({ c: x('c'), h: x('h') }));
    return (name: string) => (name === 'c' ? state.c : state.h);
  };
  return { cell, step };
}

function stepSimple(cell: GRUCell | SimpleRNNCell) {
  const step = (x: Named) => {
    const { state } = cell.call(x('x'), x('h'));
    return () => state;
  };
  return { cell, step };
}

describe("PyTorch's cells in double precision, one step", () => {
  test.each(cases)('%s: new state and every gradient, to 1e-6 of the largest', (name, make) => {
    const { inputs, outputs, gradients: expected } = found(golden[name]);
    const { cell, step } = make();
    tidy(() => {
      cell.build([null, found(inputs['x']).shape[1] ?? null]);
      for (const [weight, parameter] of cell.ownParameters()) {
        parameter.assign(tensorOf(found(inputs[weight])));
      }
    });
    const states = tidy(() =>
      Object.entries(inputs)
        .filter(([input]) => !cell.ownParameters().has(input))
        .map(([input, values]) => new Parameter(input, tensorOf(values))),
    );
    const sources = new Map([
      ...states.map((each): [string, Parameter] => [each.name, each]),
      ...cell.ownParameters(),
    ]);
    expect([...sources.keys()].sort()).toEqual(Object.keys(expected).sort());

    const { value, gradients } = valueAndGrad(() => {
      const result = step((input) => found(sources.get(input)).value);
      const parts = Object.keys(outputs).map((output, i) => {
        return sum(result(output).mul(recipe(result(output).shape, 1, 40 + i)));
      });
      const reached = Object.keys(outputs).map(result);
      return { loss: parts.reduce((a, b) => a.add(b)), reached };
    }, [...sources.values()]);
    Object.values(outputs).forEach((output, i) => close(found(value.reached[i]).data(), output));
    for (const [source, parameter] of sources) {
      close(found(gradients.get(parameter)).data(), found(expected[source]));
    }
    for (const parameter of states) parameter.dispose();
    cell.dispose();
  });
});

function tensorOf({ shape, values }: Values): Tensor {
  return tensor([...values], shape);
}

function close(actual: ArrayLike<number>, { values }: Values): void {
  const absolute = 1e-6 * Math.max(...values.map(Math.abs));
  closeTo(Array.from(actual), values, { relative: 0, absolute });
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the golden has another name');
  return value;
}
