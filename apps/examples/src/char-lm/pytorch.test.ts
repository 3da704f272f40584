// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import {
  dispose,
  init,
  type Parameter,
  type Shape,
  sizeOf,
  softmaxCrossEntropy,
  type Tensor,
  tensor,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { Dense, Embedding, Layer } from '@tapeloop/layers';
import {
  adam,
  chain,
  clipByGlobalNorm,
  globalNorm,
  Optimizer,
  warmupCosine,
} from '@tapeloop/optim';
import {
  type CellResult,
  LSTMCell,
  type LSTMState,
  RNN,
  type RNNContext,
  StackedRNNCells,
} from '@tapeloop/rnn';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

/** What `conformance/pytorch/char_lm.py` wrote; its opening comment states the recipe. */
interface Golden {
  readonly sizes: Readonly<
    Record<'vocabulary' | 'embedding' | 'units' | 'batch' | 'time' | 'steps', number>
  >;
  readonly adam: Readonly<
    Record<'peak' | 'warmupSteps' | 'beta1' | 'beta2' | 'epsilon' | 'maxNorm', number>
  >;
  readonly learningRates: readonly number[];
  readonly tokens: readonly (readonly number[])[];
  readonly weights: Readonly<Record<string, { shape: Shape; scale: number; offset: number }>>;
  readonly float64: Trajectory;
}

interface Trajectory {
  readonly losses: readonly number[];
  readonly gradientNorms: readonly number[];
  readonly gradientsAtStep0: Readonly<Record<string, readonly number[]>>;
  readonly finalWeights: Readonly<Record<string, readonly number[]>>;
  readonly finalState: { readonly h: readonly number[]; readonly c: readonly number[] };
}

const file = new URL('../../../../conformance/pytorch/char-lm.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));
const { sizes } = golden;

type State = readonly LSTMState[];

class CharModel extends Layer<CellResult<State>, RNNContext<State>> {
  readonly embedding = new Embedding(sizes.vocabulary, sizes.embedding);
  readonly rnn: RNN<State, true>;
  readonly dense = new Dense(sizes.vocabulary);

  constructor(unroll: boolean) {
    super();
    const cells = [new LSTMCell(sizes.units), new LSTMCell(sizes.units)];
    const options = { returnSequences: true, returnState: true, unroll } as const;
    this.rnn = new RNN(new StackedRNNCells(cells), options);
  }

  protected override forward(
    tokens: Tensor,
    _training: boolean,
    context: RNNContext<State> = {},
  ): CellResult<State> {
    const { output, state } = this.rnn.call(this.embedding.call(tokens), context);
    return { output: this.dense.call(output), state };
  }
}

/** The golden's name of a parameter: `rnn/cell0/kernel` is its `lstm0/kernel`. */
function goldenName(path: string): string {
  return path.replace(/^rnn\/cell/, 'lstm');
}

/** `scale · cos(offset + i + i² / 7)`. */
function recipe({ shape, scale, offset }: { shape: Shape; scale: number; offset: number }): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => {
    return scale * Math.cos(offset + i + (i * i) / 7);
  });
  return tensor(values, shape);
}

function modelWithGoldenWeights(unroll: boolean): CharModel {
  const model = new CharModel(unroll);
  tidy(() => {
    model.call(tokensOf(0, 0));
    const values = model.namedParameters().map(([path]): [string, Tensor] => {
      const weight = golden.weights[goldenName(path)];
      if (weight === undefined) throw new Error(`no golden weight for ${path}`);
      return [path, recipe(weight)];
    });
    model.loadStateDict(new Map(values));
  });
  return model;
}

/** The tokens of a window, `[batch, time]`; targets are `shift` 1. */
function tokensOf(window: number, shift: 0 | 1): Tensor {
  const start = window * sizes.time + shift;
  const rows = golden.tokens.map((row) => row.slice(start, start + sizes.time));
  return tensor(rows, [sizes.batch, sizes.time], 'int32');
}

function lossOf(model: CharModel, window: number, state: State | undefined) {
  const context = state === undefined ? {} : { initialState: state };
  const result = model.call(tokensOf(window, 0), context);
  return { loss: softmaxCrossEntropy(result.output, tokensOf(window, 1)), state: result.state };
}

/** The largest |a − b| of a tensor, relative to its largest |b|. */
function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((b, i) => Math.abs((actual[i] ?? Number.NaN) - b))) / scale;
}

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe.each([
  { path: 'generic', unroll: true },
  { path: 'default', unroll: false },
])("PyTorch's two-layer LSTM language model in double precision, $path path", ({ unroll }) => {
  const { losses, gradientNorms, gradientsAtStep0, finalWeights, finalState } = golden.float64;

  test('every gradient of step 0 equals its, to 2e-6 of the largest in its tensor', () => {
    const model = modelWithGoldenWeights(unroll);
    const named = new Map<Parameter, string>(
      model.namedParameters().map(([path, parameter]) => [parameter, goldenName(path)]),
    );
    const { value, gradients } = valueAndGrad(
      () => lossOf(model, 0, undefined),
      model.parameters(),
    );
    closeTo([value.loss.item()], [losses[0] ?? 0], { relative: 1e-6, absolute: 0 });
    closeTo([globalNorm(gradients)], [gradientNorms[0] ?? 0], { relative: 2e-6, absolute: 0 });
    expect([...named.values()].sort()).toEqual(Object.keys(gradientsAtStep0).sort());
    for (const [parameter, gradient] of gradients) {
      const name = named.get(parameter) ?? '';
      const error = difference(gradient.data(), gradientsAtStep0[name] ?? []);
      expect(error, name).toBeLessThan(2e-6);
    }
    model.dispose();
  });

  test('20 steps of Adam, warm-up and clipping give its losses and norms, to 2e-5 relative', () => {
    const { peak, warmupSteps, maxNorm, ...moments } = golden.adam;
    const learningRate = warmupCosine({ peak, warmupSteps, totalSteps: sizes.steps });
    const rates = golden.learningRates.map((_, step) => learningRate(step));
    closeTo(rates, golden.learningRates, { relative: 1e-13, absolute: 1e-16 });

    const model = modelWithGoldenWeights(unroll);
    const transform = chain(clipByGlobalNorm(maxNorm), adam({ learningRate, ...moments }));
    const optimizer = new Optimizer(model.parameters(), transform);
    let state: State | undefined;
    const reached = losses.map((_, window) => {
      const { loss, norm, next } = tidy(() => {
        const { value, gradientNorm } = optimizer.minimize(() => lossOf(model, window, state));
        return { loss: value.loss.item(), norm: gradientNorm, next: value.state };
      });
      dispose(state);
      state = next;
      return { loss, norm };
    });

    const bound = { relative: 2e-5, absolute: 0 };
    closeTo(
      reached.map(({ loss }) => loss),
      losses,
      bound,
    );
    closeTo(
      reached.map(({ norm }) => norm),
      gradientNorms,
      bound,
    );
    for (const [path, { value }] of model.namedParameters()) {
      const error = difference(value.data(), finalWeights[goldenName(path)] ?? []);
      expect(error, path).toBeLessThan(2e-5);
    }
    for (const part of ['h', 'c'] as const) {
      const layers = (state ?? []).flatMap((each) => [...each[part].data()]);
      expect(difference(layers, finalState[part]), part).toBeLessThan(2e-5);
    }
    dispose(state);
    optimizer.dispose();
    model.dispose();
  });
});
