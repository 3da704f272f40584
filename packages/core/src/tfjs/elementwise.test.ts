// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { accelerateTfjs } from './accelerate.ts';
import { type Case, compareWithCpu, integers } from './testing.ts';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await accelerateTfjs();
});

const { POSITIVE_INFINITY, NEGATIVE_INFINITY, NaN: nan } = Number;
const special = {
  shape: [9],
  values: [0, -0, 1, -1, 0.5, 1e-8, POSITIVE_INFINITY, NEGATIVE_INFINITY, nan],
  dtype: 'float32',
} as const;

const unaryNames = [
  ...['Exp', 'Expm1', 'Log', 'Log1p', 'Tanh', 'Sigmoid', 'Softplus', 'Erf', 'Sqrt', 'Rsqrt'],
  ...['Reciprocal', 'Floor'],
];
const unaryCases: readonly Case[] = [
  { title: 'a vector of 1003', inputs: { x: [1003] } },
  { title: 'a scalar', inputs: { x: [] } },
  { title: 'zero size', inputs: { x: [3, 0] } },
  { title: 'zeros, infinities and NaN', inputs: { x: special } },
];

const binaryNames = [
  ...['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Equal'],
  ...['NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'],
];
const binaryCases: readonly Case[] = [
  { title: 'equal shapes', inputs: { a: [5, 7], b: [5, 7] } },
  { title: 'a row', inputs: { a: [5, 7], b: [7] } },
  { title: 'a column', inputs: { a: [5, 1], b: [5, 7] } },
  { title: 'a scalar', inputs: { a: [], b: [3, 3] } },
  { title: 'both repeated, over 5 axes', inputs: { a: [2, 1, 3, 1, 5], b: [4, 1, 6, 1] } },
  { title: 'zero size', inputs: { a: [0, 3], b: [3] } },
  { title: 'zeros, infinities and NaN', inputs: { a: special, b: special } },
  { title: 'infinities and NaN with a scalar', inputs: { a: special, b: [] } },
];
const integerCase: Case = {
  title: 'int32, by the kernel of tfjs',
  inputs: { a: integers([4], [1, -2, 3, 7]), b: integers([4], [2, -2, 1, 2]) },
};

describe.each(unaryNames)('%s is that of the CPU backend to 1e-5', (name) => {
  test.each(unaryCases)('$title', (example) => compareWithCpu(name, example, 1e-5));
});

describe.each(binaryNames)('%s is that of the CPU backend to 1e-6', (name) => {
  test.each(binaryCases)('$title', (example) => compareWithCpu(name, example, 1e-6));
});

describe.each(['Add', 'Sub', 'Multiply', 'Maximum', 'Minimum'])('%s of integers', (name) => {
  test(integerCase.title, () => compareWithCpu(name, integerCase, 0));
});
