// SPDX-License-Identifier: Apache-2.0
import { AnomalyError, detectAnomaly, div, fill, init, type Tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CallContext, callPath, type TrainingFlag, withTraining } from './call-context.ts';
import { Layer } from './layer.ts';
import { Sequential } from './sequential.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Notes the flag and the path of each call. */
class Probe extends Layer {
  readonly flags: boolean[] = [];
  readonly paths: string[] = [];

  protected override forward(inputs: Tensor, training: boolean): Tensor {
    this.flags.push(training);
    this.paths.push(callPath());
    return inputs;
  }
}

/** Calls an inner layer with a context of its own. */
class Outer extends Layer {
  readonly inner: Layer;
  readonly #context: CallContext;

  constructor(inner: Layer, context: CallContext = {}) {
    super();
    this.inner = inner;
    this.#context = context;
  }

  protected override forward(inputs: Tensor): Tensor {
    return this.inner.call(inputs, this.#context);
  }
}

const x = () => fill([1, 1], 1);

describe('the training flag', () => {
  const flagOf = (run: (probe: Probe) => void) => {
    const probe = new Probe();
    run(probe);
    return probe.flags;
  };

  test('is false when nobody gives one', () => {
    expect(flagOf((probe) => probe.call(x()))).toEqual([false]);
  });

  test.each<[TrainingFlag, boolean]>([
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    [null, false],
    [undefined, false],
  ])('%s is taken as %s', (training, expected) => {
    expect(flagOf((probe) => probe.call(x(), { training }))).toEqual([expected]);
  });

  test.each(['false', 2, {}, Number.NaN])('%j is a TypeError', (training) => {
    const call = () => new Probe().call(x(), { training: training as boolean });
    expect(call).toThrow(TypeError);
    expect(call).toThrow('training must be a boolean, 0 or 1');
    expect(() => withTraining(training as boolean, () => 1)).toThrow(TypeError);
  });

  test('of an outer call reaches every inner one that is not told otherwise', () => {
    const told = (context: CallContext) =>
      flagOf((probe) => new Outer(new Outer(probe), context).call(x(), { training: true }));
    expect(told({})).toEqual([true]);
    expect(told({ training: null })).toEqual([true]);
    expect(told({ training: false })).toEqual([false]);
  });

  test('of withTraining holds inside it only, also when it throws', () => {
    const flags = flagOf((probe) => {
      expect(() =>
        withTraining(true, () => {
          probe.call(x());
          probe.call(x(), { training: false });
          throw new Error('inside');
        }),
      ).toThrow('inside');
      probe.call(x());
    });
    expect(flags).toEqual([true, false, false]);
  });

  test('of a call that throws is gone afterwards', () => {
    class Failing extends Layer {
      protected override forward(): Tensor {
        throw new Error('failed');
      }
    }
    expect(() => new Failing().call(x(), { training: true })).toThrow('failed');
    expect(flagOf((probe) => probe.call(x()))).toEqual([false]);
    expect(callPath()).toBe('');
  });
});

describe('the path', () => {
  test('is the outermost name and then the names that parents give', () => {
    const [first, second] = [new Probe({ name: 'encoder' }), new Probe({ name: 'encoder' })];
    const model = new Outer(new Sequential([first, second]));
    model.call(x());
    first.call(x());
    expect(first.paths).toEqual(['outer/inner/encoder', 'encoder']);
    expect(second.paths).toEqual(['outer/inner/encoder_1']);
  });

  test('is in anomaly errors', () => {
    class Divide extends Layer {
      protected override forward(inputs: Tensor): Tensor {
        return div(inputs, 0);
      }
    }
    const model = new Outer(new Divide());
    expect(() => detectAnomaly(() => model.call(x()))).toThrow(AnomalyError);
    expect(() => detectAnomaly(() => model.call(x()))).toThrow('outer/inner:div');
  });
});
