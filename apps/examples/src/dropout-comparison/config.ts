// SPDX-License-Identifier: Apache-2.0
import { integer, type OptionValues, parseOptions } from '@tapeloop/train/node';
import { trainingOptions, type WordConfig } from '../word-lm/config.ts';
import { type Preset, withPreset } from '../word-lm/presets.ts';

const { data, batch, window, hidden, layers, learningRate, warmup, clip, seed, vocabulary } =
  trainingOptions;

/** The options of a comparison. */
export const comparisonOptions = {
  data,
  passes: integer({ default: 16, min: 2, help: 'times that each model reads its text' }),
  ...{ batch, window, hidden, layers, learningRate, warmup, clip, seed, vocabulary },
} as const;

/** A comparison's options. */
export type ComparisonConfig = OptionValues<typeof comparisonOptions>;

/** The run of one of the models: alike in everything but what the preset sets. */
export function runConfig(
  { passes, ...shared }: ComparisonConfig,
  preset: Preset,
  windowsPerPass: number,
): WordConfig {
  const { values } = parseOptions(trainingOptions, []);
  const steps = passes * windowsPerPass;
  const config = { ...values, ...shared, embedding: shared.hidden, preset, steps };
  return withPreset(config, new Set());
}
