// SPDX-License-Identifier: Apache-2.0
import {
  add,
  dispose,
  type Gradient,
  IndexedSlices,
  init,
  lift,
  mul,
  Parameter,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from '@tapeloop/core';
import { cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planBuckets } from './gradient-buckets.ts';
import { GradientReducer } from './gradient-reducer.ts';
import { asRanks, settled } from './in-process-testing.ts';
import { SingleProcess } from './single-process.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const shapes = [[2, 3], [4], [5, 1], [7]];
const bucketBytes = 32;

function withParameters<T>(use: (parameters: Parameter[]) => Promise<T>): Promise<T> {
  const parameters = shapes.map((shape, i) => new Parameter(`p${i}`, cosines(shape, { start: i })));
  return use(parameters).finally(() => {
    for (const parameter of parameters) parameter.dispose();
  });
}

/** A rank's gradients, all different. */
function gradientsOf(parameters: readonly Parameter[], rank: number): Map<Parameter, Tensor> {
  return new Map(
    parameters.map((parameter, i) => [parameter, sines(parameter.shape, { start: 10 * i + rank })]),
  );
}

/** A group of one that notes what it is given. */
class Recorder extends SingleProcess {
  readonly lengths: number[] = [];

  override allReduce(values: Float32Array): Promise<void> {
    this.lengths.push(values.length);
    return super.allReduce(values);
  }
}

describe('planBuckets', () => {
  it('deals parameters out from the last on, until a bucket has its bytes', async () => {
    await withParameters(async (parameters) => {
      const names = planBuckets(parameters, bucketBytes).map(({ entries }) => {
        return entries.map(({ parameter }) => parameter.name);
      });
      expect(names).toEqual([
        ['p3', 'p2'],
        ['p1', 'p0'],
      ]);
    });
  });

  it('gives a large parameter a bucket that ends with it', async () => {
    await withParameters(async (parameters) => {
      const sizes = planBuckets(parameters, 20).map(({ staging }) => staging.length);
      expect(sizes).toEqual([7 + 1, 5 + 1, 4 + 6 + 2]);
    });
  });
});

describe('GradientReducer', () => {
  it.each([
    ['as backward hands them out', (all: Parameter[]) => all.toReversed()],
    ['in another order', (all: Parameter[]) => [2, 0, 3, 1].flatMap((i) => all.slice(i, i + 1))],
    ['only at the end', () => []],
  ])('makes every gradient scale times the sum over the ranks, taken %s', async (_when, order) => {
    await withParameters(async (parameters) => {
      const scale = 0.3;
      const results = await asRanks(3, async (communicator) => {
        const reducer = new GradientReducer(parameters, communicator, { bucketBytes });
        const gradients = gradientsOf(parameters, communicator.rank);
        for (const each of order(parameters)) reducer.ready(each, gradientOf(gradients, each));
        await reducer.finish(gradients, scale);
        return parameters.map((each) => gradientOf(gradients, each).data());
      });
      const each = [0, 1, 2].map((rank) => gradientsOf(parameters, rank));
      parameters.forEach((parameter, p) => {
        const parts = each.map((gradients) => gradientOf(gradients, parameter).data());
        results[0]?.[p]?.forEach((value, i) => {
          const exact = scale * parts.reduce((total, part) => total + (part[i] ?? Number.NaN), 0);
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(3 * 2 ** -23 * scale);
        });
      });
      for (const result of results) expect(result).toEqual(results[0]);
    });
  });

  it('sends a bucket as soon as it and those before it are full', async () => {
    await withParameters(async (parameters) => {
      const recorder = new Recorder();
      const reducer = new GradientReducer(parameters, recorder, { bucketBytes });
      const gradients = gradientsOf(parameters, 0);
      const lengths = [1, 0, 3, 2].map((i) => {
        for (const each of parameters.slice(i, i + 1))
          reducer.ready(each, gradientOf(gradients, each));
        return recorder.lengths.length;
      });
      expect(lengths).toEqual([0, 0, 0, 2]);
      expect(recorder.lengths).toEqual([7 + 5 + 2, 4 + 6 + 2]);
      await reducer.finish(gradients, 1);
      expect(recorder.lengths).toHaveLength(2);
    });
  });

  it('serves step after step, with the gradients of valueAndGrad that share memory', async () => {
    await withParameters(async (parameters) => {
      const [, p1] = parameters;
      if (p1 === undefined) throw new Error('there is no p1');
      const twin = new Parameter('twin', sines(p1.shape));
      const steps = await asRanks(2, async (communicator) => {
        const reducer = new GradientReducer([p1, twin], communicator, { bucketBytes });
        const seen: unknown[] = [];
        for (const step of [1, 2]) {
          const weights = tensor([1, 2, 3, 4].map((x) => x * step + communicator.rank));
          const { value, gradients } = valueAndGrad(
            () => sum(mul(add(p1.value, twin.value), weights)),
            [p1, twin],
            { onGradient: (parameter, gradient) => reducer.ready(parameter, gradient) },
          );
          await reducer.finish(gradients, 1 / 2);
          seen.push([p1, twin].map((each) => [...gradientOf(gradients, each).data()]));
          dispose([value, gradients, weights]);
        }
        return seen;
      });
      const mean = (step: number) => [1, 2, 3, 4].map((x) => x * step + 0.5);
      for (const seen of steps) {
        expect(seen).toEqual([
          [mean(1), mean(1)],
          [mean(2), mean(2)],
        ]);
      }
      twin.dispose();
    });
  });

  it('passes over a parameter that no rank has a gradient of', async () => {
    await withParameters(async (parameters) => {
      const rest = parameters.slice(1);
      await asRanks(2, async (communicator) => {
        const reducer = new GradientReducer(parameters, communicator, { bucketBytes });
        const gradients = gradientsOf(rest, communicator.rank);
        await reducer.finish(gradients, 1);
        expect([...gradients.keys()]).toEqual(rest);
      });
    });
  });

  it('throws on every rank when only some have a gradient of a parameter', async () => {
    await withParameters(async (parameters) => {
      const errors = await asRanks(3, (communicator) => {
        const reducer = new GradientReducer(parameters, communicator, { bucketBytes });
        const own = communicator.rank === 1 ? parameters.slice(1) : parameters;
        return settled(reducer.finish(gradientsOf(own, communicator.rank), 1));
      });
      const message =
        'GradientError: GradientReducer: parameter p0: 2 of 3 ranks have a gradient of it.';
      expect(errors).toEqual([message, message, message]);
    });
  });

  it('refuses to overwrite what is seen elsewhere', async () => {
    await withParameters(async ([p0]) => {
      if (p0 === undefined) throw new Error('there is no p0');
      const x = sines(p0.shape);
      const dot = lift(
        'dot',
        (w: Tensor) => sum(mul(w, x)),
        () => [x],
      );
      const { value, gradients } = valueAndGrad(() => dot(p0.value), [p0]);
      const reducer = new GradientReducer([p0], new SingleProcess());
      await expect(reducer.finish(gradients, 2)).rejects.toThrow(
        'GradientReducer: parameter p0: its gradient shares memory with a tensor that is no gradient; ' +
          'let its rule return a copy.',
      );
      expect(x.data()).toEqual(sines(p0.shape).data());
      dispose([value, gradients]);
    });
  });

  it('refuses gradients that it cannot place', async () => {
    await withParameters(async (parameters) => {
      const reducer = new GradientReducer(parameters, new SingleProcess());
      const stranger = new Parameter('stranger', cosines([2]));
      expect(() => reducer.ready(stranger, cosines([2]))).toThrow(
        'GradientReducer: parameter stranger: it is not one of the parameters.',
      );
      stranger.dispose();
      for (const each of parameters.slice(0, 1)) {
        const slices: Gradient = new IndexedSlices(
          cosines([1, 3]),
          tensor([1], [1], 'int32'),
          [2, 3],
        );
        expect(() => reducer.ready(each, slices)).toThrow(
          'parameter p0: its gradient is not dense.',
        );
        reducer.ready(each, cosines(each.shape));
        expect(() => reducer.ready(each, cosines(each.shape))).toThrow(
          'parameter p0: its gradient came twice; call finish() after each step.',
        );
      }
    });
  });

  it('refuses buckets of nothing', () => {
    expect(() => new GradientReducer([], new SingleProcess(), { bucketBytes: 0 })).toThrow(
      'GradientReducer: bucketBytes must be above 0, got 0.',
    );
  });
});

function gradientOf(gradients: ReadonlyMap<Parameter, Tensor>, parameter: Parameter): Tensor {
  const gradient = gradients.get(parameter);
  if (gradient === undefined) throw new Error(`there is no gradient of ${parameter.name}`);
  return gradient;
}
