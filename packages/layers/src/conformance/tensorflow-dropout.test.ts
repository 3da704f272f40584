// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import {
  dropout,
  GradientTape,
  init,
  mul,
  RandomStream,
  type Seed,
  sum,
  type Tensor,
} from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AlphaDropout } from '../alpha-dropout.ts';
import { Dropout } from '../dropout.ts';
import type { DropoutLayer } from '../dropout-layer.ts';
import { GaussianDropout } from '../gaussian-dropout.ts';
import type { DropoutOptions } from '../masked-dropout.ts';
import { SpatialDropout1D } from '../spatial-dropout-1d.ts';
import { recipe } from '../testing/index.ts';
import { V1Dropout, v1Dropout } from '../v1-dropout.ts';

/** A case of `conformance/tensorflow/dropout_layers.py`, whose opening comment states the inputs. */
interface Case {
  readonly layer: string;
  readonly rate: number;
  readonly shape: readonly number[];
  readonly graph_seed: number | null;
  readonly seed: number;
  readonly options: { readonly noise_shape?: readonly (number | null)[] };
  readonly outputs: readonly (readonly number[])[];
  readonly gradients: readonly (readonly number[])[];
}

const file = new URL('../../../../conformance/tensorflow/dropout-layers.json', import.meta.url);
const { cases }: { readonly cases: readonly Case[] } = JSON.parse(readFileSync(file, 'utf8'));

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type Options = DropoutOptions & { readonly seed: Exclude<Seed, number> };
const training = { training: true } as const;
const layerOf =
  (create: (rate: number, options: Options) => DropoutLayer) =>
  (rate: number, options: Options) => {
    const layer = create(rate, options);
    return (x: Tensor) => layer.call(x, training);
  };

const makers: Readonly<Record<string, (rate: number, options: Options) => (x: Tensor) => Tensor>> =
  {
    v1: layerOf((rate, options) => new V1Dropout({ rate, ...options })),
    keras: layerOf((rate, options) => new Dropout(rate, options)),
    SpatialDropout1D: layerOf((rate, options) => new SpatialDropout1D(rate, options)),
    GaussianDropout: layerOf((rate, options) => new GaussianDropout(rate, options)),
    AlphaDropout: layerOf((rate, options) => new AlphaDropout(rate, options)),
    'v1 function': (rate, options) => (x) => v1Dropout(x, { rate, ...options, ...training }),
    op: (rate, { seed, noiseShape }) => {
      const stream = RandomStream.fromTensorFlowSeeds(seed);
      return (x) => dropout(x, rate, { stream, ...(noiseShape && { noiseShape }) });
    },
  };

test.each(cases)(
  '$layer at rate $rate with seeds ($graph_seed, $seed) and $options has its masks, values and gradients, call after call, to 2e-6',
  (each) => {
    const seed = { graphSeed: each.graph_seed, opSeed: each.seed };
    const { noise_shape: noiseShape } = each.options;
    const make = makers[each.layer];
    const call = make?.(each.rate, noiseShape === undefined ? { seed } : { seed, noiseShape });
    expect(call).toBeDefined();
    each.outputs.forEach((expected, i) => {
      const x = recipe(each.shape, 1, 5);
      using tape = new GradientTape();
      tape.watch(x);
      const [y, loss] = tape.record(() => {
        const output = call?.(x) ?? x;
        return [output, sum(mul(output, recipe(each.shape, 1, 40)))];
      });
      const [gradient] = tape.gradient(loss ?? x, [x]);
      closeTo(y ?? x, expected, { relative: 2e-6, absolute: 2e-6 });
      closeTo(gradient ?? x, each.gradients[i] ?? [], { relative: 2e-6, absolute: 2e-6 });
      if (!each.layer.startsWith('Gaussian') && !each.layer.startsWith('Alpha')) {
        const zeros = (values: Iterable<number>) => [...values].map((value) => value === 0);
        expect(zeros(y?.data() ?? [])).toEqual(zeros(expected));
      }
    });
  },
);
