// SPDX-License-Identifier: Apache-2.0
import { init, memory, Parameter } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { Optimizer } from '../optimizer.ts';
import { adam } from '../rules/adam.ts';
import { sgd } from '../rules/sgd.ts';
import { averageParameters } from './average-parameters.ts';
import { freeze, parameterGroups } from './parameter-groups.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const names = ['embedding/table', 'rnn/kernel', 'rnn/bias'];

function withGroups(
  transform: ReturnType<typeof parameterGroups>,
  fn: (optimizer: Optimizer, parameters: readonly Parameter[]) => void,
): void {
  const parameters = names.map((name, i) => new Parameter(name, cosines([3], { start: i })));
  const optimizer = new Optimizer(parameters, transform);
  fn(optimizer, parameters);
  optimizer.dispose();
  for (const parameter of parameters) parameter.dispose();
}

const gradientsOf = (parameters: readonly Parameter[]) =>
  new Map(parameters.map((parameter, i) => [parameter, sines([3], { start: i })]));

test('each parameter goes by its group, the first that takes it; frozen ones keep their bits', () => {
  const groups = parameterGroups(
    { name: 'frozen', where: ({ name }) => name.startsWith('embedding/'), transform: freeze() },
    {
      name: 'slow',
      where: ({ name }) => name.endsWith('/bias'),
      transform: sgd({ learningRate: 0.1 }),
    },
    { name: 'fast', transform: sgd({ learningRate: 0.5 }) },
  );
  withGroups(groups, (optimizer, parameters) => {
    const before = parameters.map(({ value }) => value.data());
    const gradients = gradientsOf(parameters);
    optimizer.step(gradients);
    parameters.forEach((parameter, i) => {
      const rate = [0, 0.5, 0.1][i] ?? 0;
      const g = gradients.get(parameter)?.data() ?? [];
      const expected = [...(before[i] ?? [])].map((p, j) => p - rate * (g[j] ?? 0));
      closeTo(parameter.value, expected, { relative: 1e-6 });
    });
    expect(parameters[0]?.value.data()).toEqual(before[0]);
  });
});

test('names its state by group', () => {
  const groups = parameterGroups(
    { name: 'bias', where: ({ name }) => name.endsWith('/bias'), transform: adam() },
    { name: 'rest', transform: sgd({ learningRate: 1, momentum: 0.5 }) },
  );
  withGroups(groups, (optimizer) => {
    const { tensors, scalars } = optimizer.state();
    expect([...tensors.keys()]).toEqual([
      'bias/adam/m/rnn/bias',
      'bias/adam/v/rnn/bias',
      'rest/sgd/momentum/embedding/table',
      'rest/sgd/momentum/rnn/kernel',
    ]);
    expect(scalars).toMatchObject({ 'bias/adam/step': 0, 'rest/sgd/step': 0 });
  });
});

test('gives the averages of the groups that keep some', () => {
  const averaged = chain(sgd({ learningRate: 1 }), averageParameters({ decay: 0.5 }));
  const groups = parameterGroups(
    { name: 'averaged', where: ({ name }) => name === 'rnn/kernel', transform: averaged },
    { name: 'rest', transform: sgd({ learningRate: 1 }) },
  );
  withGroups(groups, (optimizer, parameters) => {
    for (let i = 0; i < 3; i++) optimizer.step(gradientsOf(parameters));
    const own = parameters.map(({ value }) => value.data());
    const swapped = optimizer.withAverages(() => parameters.map(({ value }) => value.data()));
    expect(swapped.map((values, i) => values.join() === own[i]?.join())).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test('a parameter in no group is an error that names it, and leaves nothing', () => {
  const x = new Parameter('x', cosines([2]));
  const before = memory().tensors;
  const groups = parameterGroups({ name: 'none', where: () => false, transform: adam() });
  expect(() => new Optimizer([x], groups)).toThrow(
    'parameterGroups: parameter x must be in a group, got "none of none". End with a group without where',
  );
  expect(memory().tensors).toBe(before);
  x.dispose();
});

test('refuses two groups of one name', () => {
  const group = { name: 'a', transform: adam() };
  expect(() => parameterGroups(group, group)).toThrow('groups must be names that differ, got "a".');
});
