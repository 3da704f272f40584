// SPDX-License-Identifier: Apache-2.0
import { dispose, init, type Parameter, RandomStream } from '@tapeloop/core';
import { sines, trackLeaks } from '@tapeloop/core/testing';
import { adam, Optimizer } from '@tapeloop/optim';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { broadcastOptimizer, broadcastParameters, broadcastValue } from './broadcast-state.ts';
import { asRanks, settled } from './in-process-testing.ts';
import { withReplicas } from './parameters-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const valuesOf = (parameters: readonly Parameter[]) => parameters.map(({ value }) => value.data());

/** What an optimizer has remembered, tensors as arrays. */
function memoryOf(optimizer: Optimizer) {
  const { tensors, scalars } = optimizer.state();
  const elements = [...tensors].map(([name, tensor]) => [name, tensor.data()] as const);
  dispose([...tensors.values()]);
  return { elements, scalars };
}

function step(optimizer: Optimizer, start: number): void {
  const { parameters } = optimizer;
  optimizer.step(
    new Map(parameters.map((each, i) => [each, sines(each.shape, { start: start + i })])),
  );
}

describe('broadcastParameters', () => {
  it.each([0, 2])('gives all ranks the bits of rank %i', async (root) => {
    await withReplicas(3, async (replicas) => {
      const expected = valuesOf(replicas[root] ?? []);
      await asRanks(3, (communicator) => {
        return broadcastParameters(communicator, replicas[communicator.rank] ?? [], root);
      });
      for (const parameters of replicas) expect(valuesOf(parameters)).toEqual(expected);
    });
  });

  it('says on every rank which parameter one does not have; changes nothing', async () => {
    await withReplicas(2, async (replicas) => {
      const before = replicas.map(valuesOf);
      const errors = await asRanks(2, (communicator) => {
        const own = replicas[communicator.rank]?.slice(0, 3 - communicator.rank) ?? [];
        return settled(broadcastParameters(communicator, own));
      });
      const message =
        'ValueError: broadcastParameters: all ranks must have the same tensors, but rank 1 has no more ' +
        'where rank 0 has p2 [4].';
      expect(errors).toEqual([message, message]);
      expect(replicas.map(valuesOf)).toEqual(before);
    });
  });
});

describe('broadcastOptimizer', () => {
  it('lets every rank go on as rank 1 does', async () => {
    await withReplicas(3, async (replicas) => {
      const optimizers = replicas.map((parameters) => new Optimizer(parameters, adam()));
      optimizers.forEach((optimizer, rank) => {
        for (let i = 0; i <= rank; i++) step(optimizer, 5 * i + rank);
        optimizer.learningRateScale = 1 / (1 + rank);
      });
      const expected = optimizers.map(memoryOf)[1];
      await asRanks(3, async (communicator) => {
        const own = optimizers[communicator.rank];
        if (own !== undefined) await broadcastOptimizer(communicator, own, 1);
      });
      for (const optimizer of optimizers) expect(memoryOf(optimizer)).toEqual(expected);
      for (const optimizer of optimizers) optimizer.dispose();
    });
  });
});

describe('broadcastValue', () => {
  it('gives every rank the place of a random stream', async () => {
    const states = await asRanks(3, (communicator) => {
      const stream = new RandomStream(7);
      stream.draw(100 * (communicator.rank + 1));
      return broadcastValue(communicator, stream.state(), 2);
    });
    const expected = new RandomStream(7);
    expected.draw(300);
    expect(states).toEqual([expected.state(), expected.state(), expected.state()]);
  });
});
