// SPDX-License-Identifier: Apache-2.0
import type { WordConfig } from './config.ts';

/** A way to keep the model from learning its text by heart. */
export type Preset = WordConfig['preset'];

/** The options that a preset sets. */
type Regularization = Partial<
  Pick<
    WordConfig,
    | 'tokenKeep'
    | 'embeddingKeep'
    | 'inputKeep'
    | 'stateKeep'
    | 'outputKeep'
    | 'variational'
    | 'maskPerExample'
    | 'weightDecay'
  >
>;

/**
 * The options of each preset; what they leave out stays at its default.
 *
 * - `none`: no regularization.
 * - `zaremba`: new masks at every step, on what goes into and comes out of layers, never on what a
 *   layer tells itself.
 * - `variational`: the same masks at all steps of a window, on states as well, and on whole words;
 *   with weight decay.
 *
 * @see Zaremba, Sutskever and Vinyals 2014, "Recurrent Neural Network Regularization", section 3.2;
 *   Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 *   Networks", sections 4 and 5.
 */
export const presets: Readonly<Record<Preset, Regularization>> = {
  none: {},
  zaremba: { embeddingKeep: 0.5, outputKeep: 0.5, variational: false },
  variational: {
    variational: true,
    maskPerExample: true,
    tokenKeep: 0.8,
    embeddingKeep: 0.6,
    stateKeep: 0.7,
    outputKeep: 0.5,
    weightDecay: 0.01,
  },
};

/** What a run with a preset and defaults reaches on the validation text. */
export const expectedPerplexity: Readonly<Record<Preset, number>> = {
  none: 209,
  zaremba: 110,
  variational: 110,
};

/** Options with those of their preset in the place of defaults. @param given written out: they stay. */
export function withPreset(config: WordConfig, given: ReadonlySet<keyof WordConfig>): WordConfig {
  const chosen = Object.entries(presets[config.preset]);
  const kept = new Set<string>(given);
  return { ...config, ...Object.fromEntries(chosen.filter(([key]) => !kept.has(key))) };
}
