// SPDX-License-Identifier: Apache-2.0
import { init, tensor, tidy } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LanguageModel, type LanguageModelConfig } from './language-model.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const bare: LanguageModelConfig = {
  embedding: 6,
  hidden: 6,
  layers: 2,
  tied: false,
  inputKeep: 1,
  stateKeep: 1,
  outputKeep: 1,
  variational: true,
};
const vocabularySize = 9;
const time = 5;

/** Runs `fn` on a new model and frees it. */
function withModel<T>(changes: Partial<LanguageModelConfig>, fn: (model: LanguageModel) => T): T {
  const model = new LanguageModel(vocabularySize, { ...bare, ...changes });
  try {
    model.build([time, 2], 'int32');
    return fn(model);
  } finally {
    model.dispose();
  }
}

/** Logits of two equal rows of text. */
function logitsOf(model: LanguageModel, training: boolean): readonly number[] {
  return tidy(() => {
    const ids = tensor([1, 1, 4, 4, 2, 2, 8, 8, 4, 4], [time, 2], 'int32');
    return [...model.call(ids, { training }).logits.data()];
  });
}

/** The random streams that a training call draws from. */
function streamsOf(changes: Partial<LanguageModelConfig>): readonly string[] {
  return withModel(changes, (model) => {
    logitsOf(model, true);
    return [...model.randomState().keys()].filter((path) => !path.endsWith('initializer'));
  });
}

describe('LanguageModel', () => {
  it('drops in training alone, and draws anew at each call', () => {
    const changes = { embeddingKeep: 0.5, stateKeep: 0.6, outputKeep: 0.7, tokenKeep: 0.8 };
    withModel(changes, (model) => {
      const first = logitsOf(model, false);
      expect(logitsOf(model, false)).toEqual(first);
      const [one, other] = [logitsOf(model, true), logitsOf(model, true)];
      expect(one).not.toEqual(first);
      expect(other).not.toEqual(one);
    });
  });

  it.each([
    ['nothing', {}, []],
    ['words', { tokenKeep: 0.5 }, ['embedding/mask']],
    ['vectors', { embeddingKeep: 0.5 }, ['rnn/cell0/input_0']],
    ['inputs, but of the first layer', { inputKeep: 0.5, embeddingKeep: 1 }, ['rnn/cell1/input_0']],
    ['all inputs', { inputKeep: 0.5 }, ['rnn/cell0/input_0', 'rnn/cell1/input_0']],
    // The second part of a state is h; c is spared.
    ['states', { stateKeep: 0.5 }, ['rnn/cell0/state_1', 'rnn/cell1/state_1']],
    ['outputs', { outputKeep: 0.5 }, ['rnn/cell0/output_0', 'rnn/cell1/output_0']],
  ])('drops %s where it is told to, and nothing else', (_, changes, streams) => {
    expect(streamsOf(changes)).toEqual(streams);
  });

  it('gives every row its own masks where it is told to, and else all the same ones', () => {
    const rowsAreEqual = (maskPerExample: boolean) =>
      withModel({ stateKeep: 0.5, outputKeep: 0.5, maskPerExample }, (model) => {
        const logits = logitsOf(model, true);
        const rows = [0, 1].map((row) =>
          logits.filter((_, i) => Math.floor(i / vocabularySize) % 2 === row),
        );
        return rows[0]?.join() === rows[1]?.join();
      });
    expect([rowsAreEqual(false), rowsAreEqual(true)]).toEqual([true, false]);
  });
});
