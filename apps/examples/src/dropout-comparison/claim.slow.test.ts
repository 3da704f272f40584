// SPDX-License-Identifier: Apache-2.0
import { trackLeaks } from '@tapeloop/core/testing';
import { parseOptions, Terminal } from '@tapeloop/train/node';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { prepareData } from '../shared/language-model/text-data.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { stateOfTheUnion } from '../shared/state-of-the-union.ts';
import type { Preset } from '../word-lm/presets.ts';
import { WordsAndMarks } from '../word-lm/words-and-marks.ts';
import { findings } from './claim.ts';
import { comparisonOptions, runConfig } from './config.ts';
import { learningCurve } from './learning-curve.ts';

beforeAll(async () => {
  await startTapeloop();
});
trackLeaks({ beforeEach, afterEach });

const { values } = parseOptions(comparisonOptions, []);
const config = { ...values, passes: 20, hidden: 128, window: 20 };
const data = await prepareData(stateOfTheUnion({ since: 2018, heldOutEvery: 4 }), {
  batch: config.batch,
  window: config.window,
  token: 'word',
  trainTokenizer: (text) => WordsAndMarks.train(text, { minCount: 3 }),
});
const watch = {
  terminal: new Terminal({ write: () => true }),
  signal: new AbortController().signal,
};

const curveOf = async (preset: Preset) =>
  (await learningCurve(runConfig(config, preset, data.training.batchesPerPass), data, watch)) ?? [];

it('without dropout three addresses are learnt by heart; with it a fourth is predicted better, by 0.03 nats a word', async () => {
  const plain = await curveOf('none');
  const regularized = new Map([
    ['zaremba', await curveOf('zaremba')],
    ['variational', await curveOf('variational')],
  ]);
  expect(findings(plain, regularized).filter(({ isShown }) => !isShown)).toEqual([]);
});
