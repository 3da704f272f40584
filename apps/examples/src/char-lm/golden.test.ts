// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { dispose, init, tensor, tidy } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { ContiguousBatches, type StepEvent, train } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ExampleRun, startRun } from '../shared/language-model/run.ts';
import { tinyConfig, tinyData } from '../shared/language-model/testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** The run of `conformance/pytorch/char_lm.py`, computed by PyTorch in float64. */
interface Golden {
  readonly sizes: Readonly<
    Record<'vocabulary' | 'embedding' | 'units' | 'batch' | 'time' | 'steps', number>
  >;
  readonly adam: Readonly<Record<'peak' | 'warmupSteps' | 'maxNorm', number>>;
  /** `[batch, steps · time + 1]`. */
  readonly tokens: readonly (readonly number[])[];
  readonly weights: Readonly<Record<string, { readonly scale: number; readonly offset: number }>>;
  readonly float64: {
    readonly losses: readonly number[];
    readonly gradientNorms: readonly number[];
    readonly finalWeights: Readonly<Record<string, readonly number[]>>;
    readonly finalState: Readonly<Record<'h' | 'c', readonly number[]>>;
  };
}

const file = new URL('../../../../conformance/pytorch/char-lm.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));

it('follows PyTorch for 20 steps: losses, norms, weights and state within 1e-4', async () => {
  const { losses, gradientNorms, finalWeights, finalState } = golden.float64;
  const tolerance = { relative: 1e-4, absolute: 1e-4 };
  const { model, run, learningRate } = startGoldenRun();
  const reports: StepEvent[] = [];
  for await (const event of train(run, { steps: losses.length, learningRate })) {
    if (event.type === 'step') reports.push(event);
  }
  closeTo(
    reports.map(({ loss }) => loss),
    losses,
    tolerance,
  );
  closeTo(
    reports.map(({ gradientNorm }) => gradientNorm),
    gradientNorms,
    tolerance,
  );
  expect(gradientNorms.filter((norm) => norm > golden.adam.maxNorm).length).toBeGreaterThan(5);
  for (const [name, parameter] of model.namedParameters()) {
    closeTo(parameter.value, finalWeights[goldenName(name)] ?? [], tolerance);
  }
  const { tensors } = run.state();
  const carried = [0, 1, 2, 3].map((i) => [...(tensors.get(`carried/${i}`)?.data() ?? [])]);
  closeTo(
    [0, 2].flatMap((i) => carried[i] ?? []),
    finalState.c,
    tolerance,
  );
  closeTo(
    [1, 3].flatMap((i) => carried[i] ?? []),
    finalState.h,
    tolerance,
  );
  dispose(tensors);
  run.dispose();
});

function startGoldenRun(): ExampleRun {
  const { sizes, adam, tokens, weights } = golden;
  const { batch, time, steps, embedding, units } = sizes;
  // Rows of one text, one after the other: each ends with the last target of the last window.
  const ids = Int32Array.from([...tokens.flat(), 0]);
  const config = {
    ...tinyConfig,
    batch,
    steps,
    embedding,
    window: time,
    hidden: units,
    learningRate: adam.peak,
    warmup: adam.warmupSteps,
    clip: adam.maxNorm,
  };
  const data = { ...tinyData(), training: new ContiguousBatches(ids, { batch, window: time }) };
  expect([data.tokenizer.size, data.training.rowLength]).toEqual([
    sizes.vocabulary,
    steps * time + 1,
  ]);
  const started = startRun(config, data);
  for (const [name, parameter] of started.model.namedParameters()) {
    const { scale = Number.NaN, offset = Number.NaN } = weights[goldenName(name)] ?? {};
    const value = (i: number) => scale * Math.cos(offset + i + (i * i) / 7);
    const values = Float32Array.from({ length: parameter.size }, (_, i) => value(i));
    tidy(() => parameter.assign(tensor(values, parameter.shape)));
  }
  return started;
}

/** `rnn/cell0/kernel` is called `lstm0/kernel` there, and `scores/bias` `dense/bias`. */
function goldenName(name: string): string {
  return name.replace('rnn/cell', 'lstm').replace('scores/', 'dense/');
}
