// SPDX-License-Identifier: Apache-2.0
import { init, type Tensor } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { LSTMState } from './lstm-state.ts';
import type { RNNCell } from './rnn-cell.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [B, F, U] = [3, 4, 5];
const x = () => cosines([B, F], { start: 1 });
const h = () => sines([B, U], { scale: 0.8, start: 2 });
const c = () => cosines([B, U], { scale: 1.5, start: 3 });

/** Gives every weight of a cell another value, and returns how to read them in float64. */
function withDistinctWeights(cell: RNNCell<unknown>) {
  cell.build([B, F]);
  cell.parameters().forEach((parameter, p) => {
    parameter.update((elements) => {
      elements.forEach((_, i) => {
        elements[i] = 0.7 * Math.cos(1.3 * i + 7 * p);
      });
    });
  });
  const read = (name: string) => cell.parameter(name).value.data();
  const [kernel, recurrent, bias] = [read('kernel'), read('recurrentKernel'), read('bias')];
  const columns = kernel.length / F;
  return {
    /** Σ x · kernel of one row and column. */
    fromInputs: (row: number, column: number) =>
      sumOver(F, (i) => at(x(), row * F + i) * (kernel[i * columns + column] ?? 0)),
    /** Σ v · recurrentKernel of one row's vector and a column. */
    fromVector: (v: (unit: number) => number, column: number) =>
      sumOver(U, (i) => v(i) * (recurrent[i * columns + column] ?? 0)),
    bias: (i: number) => bias[i] ?? 0,
  };
}

const sumOver = (count: number, term: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
const at = (tensor: Tensor, i: number) => tensor.view()[i] ?? Number.NaN;
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const perUnit = (value: (row: number, unit: number) => number) =>
  Array.from({ length: B * U }, (_, i) => value(Math.floor(i / U), i % U));
const state = (row: number) => (unit: number) => at(h(), row * U + unit);

test('SimpleRNNCell: tanh(x·K + h·R + b) within 2e-6', () => {
  using cell = new SimpleRNNCell(U);
  const { fromInputs, fromVector, bias } = withDistinctWeights(cell);
  const expected = perUnit((row, unit) =>
    Math.tanh(fromInputs(row, unit) + fromVector(state(row), unit) + bias(unit)),
  );
  const result = cell.call(x(), h());
  closeTo(result.output, expected, { absolute: 2e-6 });
  expect(result.state).toBe(result.output);
});

test('LSTMCell: gates i, f, c, o in this order within 2e-6', () => {
  using cell = new LSTMCell(U);
  const { fromInputs, fromVector, bias } = withDistinctWeights(cell);
  const gate = (row: number, unit: number, g: number) => {
    const column = g * U + unit;
    return fromInputs(row, column) + fromVector(state(row), column) + bias(column);
  };
  const newC = perUnit((row, unit) => {
    const [i, f, g] = [0, 1, 2].map((k) => gate(row, unit, k));
    const kept = sigmoid(f ?? 0) * at(c(), row * U + unit);
    return kept + sigmoid(i ?? 0) * Math.tanh(g ?? 0);
  });
  const newH = perUnit(
    (row, unit) => sigmoid(gate(row, unit, 3)) * Math.tanh(newC[row * U + unit] ?? 0),
  );
  const result = cell.call(x(), new LSTMState({ c: c(), h: h() }));
  expect(result.state).toBeInstanceOf(LSTMState);
  closeTo(result.state.c, newC, { absolute: 2e-6 });
  closeTo(result.state.h, newH, { absolute: 2e-6 });
  closeTo(result.output, newH, { absolute: 2e-6 });
});

test('GRUCell, resetAfter: gates z, r, h in this order, two biases, within 2e-6', () => {
  using cell = new GRUCell(U);
  const { fromInputs, fromVector, bias } = withDistinctWeights(cell);
  const inputPart = (row: number, column: number) => fromInputs(row, column) + bias(column);
  const statePart = (row: number, column: number) =>
    fromVector(state(row), column) + bias(3 * U + column);
  const expected = perUnit((row, unit) => {
    const z = sigmoid(inputPart(row, unit) + statePart(row, unit));
    const r = sigmoid(inputPart(row, U + unit) + statePart(row, U + unit));
    const candidate = Math.tanh(inputPart(row, 2 * U + unit) + r * statePart(row, 2 * U + unit));
    return z * state(row)(unit) + (1 - z) * candidate;
  });
  closeTo(cell.call(x(), h()).output, expected, { absolute: 2e-6 });
});

test('GRUCell, resetAfter false: the reset state goes through the recurrent kernel, within 2e-6', () => {
  using cell = new GRUCell(U, { resetAfter: false });
  const { fromInputs, fromVector, bias } = withDistinctWeights(cell);
  const gate = (row: number, column: number) =>
    sigmoid(fromInputs(row, column) + fromVector(state(row), column) + bias(column));
  const expected = perUnit((row, unit) => {
    const z = gate(row, unit);
    const reset = (i: number) => gate(row, U + i) * state(row)(i);
    const column = 2 * U + unit;
    const candidate = Math.tanh(fromInputs(row, column) + fromVector(reset, column) + bias(column));
    return z * state(row)(unit) + (1 - z) * candidate;
  });
  closeTo(cell.call(x(), h()).output, expected, { absolute: 2e-6 });
});

test('the forget gate of an LSTM starts with a bias of 1, unless it is told not to', () => {
  const biasOf = (options?: { unitForgetBias: boolean }) => {
    using cell = new LSTMCell(2, options);
    cell.build([1, 3]);
    return cell.parameter('bias').value.toArray();
  };
  expect(biasOf()).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  expect(biasOf({ unitForgetBias: false })).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
