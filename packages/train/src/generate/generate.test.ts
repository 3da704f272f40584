// SPDX-License-Identifier: Apache-2.0
import { init, RandomStream, setSeed, type Tensor, tensor, tidy, zeros } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toyModel } from '../loop/toy-run-testing.ts';
import { beamSearch } from './beam-search.ts';
import { generate } from './generate.ts';
import type { RecurrentLanguageModel } from './language-model.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const vocabulary = 4;

/** Log-probabilities of the next token: all different, and none the same after another history. */
function scoresAfter(history: readonly number[]): number[] {
  const code = history.reduce((sum, id) => sum * 5 + id + 1, 0);
  const raw = Array.from({ length: vocabulary }, (_, id) => 2 * Math.sin(code * 1.7 + id * 2.3));
  const total = Math.log(raw.reduce((sum, each) => sum + Math.exp(each), 0));
  return raw.map((each) => each - total);
}

/** A model of which every probability is known: its state is the whole history, as digits. */
const known: RecurrentLanguageModel<Tensor> = {
  call: (ids, { state } = {}) => {
    const [time = 0, batch = 0] = ids.shape;
    const histories = Array.from({ length: batch }, (_, row) => {
      const before = state === undefined ? 0 : Number(state.data()[row]);
      let code = before;
      for (let t = 0; t < time; t++) code = code * 5 + Number(ids.data()[t * batch + row]) + 1;
      return code;
    });
    const logits = histories.flatMap((code) => scoresAfter(digitsOf(code)));
    return tidy(() => ({
      logits: tensor(
        [...zeros([time - 1, batch, vocabulary]).data(), ...logits],
        [time, batch, vocabulary],
      ),
      state: tensor(histories, [batch, 1]),
    }));
  },
};

function digitsOf(code: number): number[] {
  const digits: number[] = [];
  for (let rest = code; rest > 0; rest = Math.floor(rest / 5)) digits.unshift((rest % 5) - 1);
  return digits;
}

interface Text {
  readonly ids: readonly number[];
  readonly logProbability: number;
  readonly tokens: number;
}

/** Every text of at most `length` tokens after a prompt, that ends with `endId` or is as long. */
function everyText(prompt: readonly number[], length: number, endId?: number): Text[] {
  const visit = (ids: readonly number[], logProbability: number): Text[] => {
    if (ids.length === length) return [{ ids, logProbability, tokens: length }];
    return scoresAfter([...prompt, ...ids]).flatMap((score, id) => {
      const sum = logProbability + score;
      if (id !== endId) return visit([...ids, id], sum);
      return [{ ids, logProbability: sum, tokens: ids.length + 1 }];
    });
  };
  return visit([], 0);
}

describe('beamSearch', () => {
  it.each([
    { endId: undefined, lengthPenalty: 0 },
    { endId: 2, lengthPenalty: 0 },
    { endId: 2, lengthPenalty: 0.8 },
    { endId: 1, lengthPenalty: 3 },
  ])('with beams for all finds what a search through every text finds: %o', (options) => {
    const { endId, lengthPenalty } = options;
    const best = everyText([3, 0], 4, endId)
      .map((text) => ({
        ...text,
        score: text.logProbability / ((5 + text.tokens) / 6) ** lengthPenalty,
      }))
      .sort((a, b) => b.score - a.score);
    const prompt = Int32Array.of(3, 0);
    const found = beamSearch(known, { prompt, length: 4, beams: 300, ...options });
    expect(found.length).toBe(best.length);
    found.forEach(({ ids, logProbability, score }, i) => {
      expect([...ids]).toEqual(best[i]?.ids);
      expect(logProbability).toBeCloseTo(best[i]?.logProbability ?? 0, 5);
      expect(score).toBeCloseTo(best[i]?.score ?? 0, 5);
    });
  });

  it('with one beam takes the likeliest token each time', () => {
    const [greedy] = beamSearch(known, { prompt: Int32Array.of(1), length: 5, beams: 1 });
    const expected: number[] = [];
    for (let i = 0; i < 5; i++) {
      const scores = scoresAfter([1, ...expected]);
      expected.push(scores.indexOf(Math.max(...scores)));
    }
    expect([...(greedy?.ids ?? [])]).toEqual(expected);
  });

  it('never chooses the forbidden token, and finds better texts than the greedy one', () => {
    const gains = Array.from({ length: 12 }, (_, i) => {
      const options = { prompt: Int32Array.of(i % 4, i % 3), length: 4, forbidden: 3 };
      const [greedy, best] = [1, 100].map((beams) => {
        const [found] = beamSearch(known, { ...options, beams });
        expect(found?.ids).not.toContain(3);
        return found?.score ?? 0;
      });
      return (best ?? 0) - (greedy ?? 0);
    });
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...gains)).toBeGreaterThan(0.1);
  });

  it.each([
    [{ prompt: new Int32Array(0), length: 1 }, 'prompt must be at least one token, got "none"'],
    [{ prompt: Int32Array.of(1), length: 0 }, 'length must be a whole number of at least 1, got 0'],
    [{ prompt: Int32Array.of(1), length: 1, beams: 0 }, 'beams must be a whole number'],
    [{ prompt: Int32Array.of(1), length: 1, lengthPenalty: -1 }, 'lengthPenalty must be at least'],
  ])('refuses %o', (options, message) => {
    expect(() => beamSearch(known, options)).toThrow(message);
  });
});

describe('generate', () => {
  it('draws tokens as often as the model expects them, to six sigmas', () => {
    const stream = new RandomStream(5);
    const counts = [0, 0, 0, 0];
    const draws = 2000;
    for (let i = 0; i < draws; i++) {
      for (const id of generate(known, { prompt: Int32Array.of(2, 1), length: 1, stream })) {
        counts[id] = (counts[id] ?? 0) + 1;
      }
    }
    scoresAfter([2, 1]).forEach((logProbability, id) => {
      const p = Math.exp(logProbability);
      const sigma = Math.sqrt(p * (1 - p) * draws);
      expect(Math.abs((counts[id] ?? 0) - p * draws)).toBeLessThan(6 * sigma);
    });
  });

  it('at temperature 0 goes the way of a single beam, and ends at the end token', () => {
    const prompt = Int32Array.of(1);
    const [greedy] = beamSearch(known, { prompt, length: 6, beams: 1 });
    const expected = [...(greedy?.ids ?? [])];
    const options = { prompt, length: 6, temperature: 0, stream: new RandomStream(1) };
    expect([...generate(known, options)]).toEqual(expected);
    const endId = expected[3];
    const before = expected.slice(0, expected.indexOf(endId ?? -1));
    expect([...generate(known, { ...options, endId })]).toEqual(before);
  });

  it('gives the same text for the same seed, from a model with a state; frees it when left', () => {
    setSeed(1);
    using model = toyModel();
    const make = (seed: number, length: number) => {
      const stream = new RandomStream(seed);
      return [...generate(model, { prompt: Int32Array.of(1, 2, 3), length, stream })];
    };
    const text = make(7, 30);
    expect(make(7, 30)).toEqual(text);
    expect(make(8, 30)).not.toEqual(text);
    for (const id of generate(model, {
      prompt: Int32Array.of(1, 2, 3),
      length: 30,
      stream: new RandomStream(7),
    })) {
      expect(id).toBe(text[0]);
      break;
    }
  });

  it.each([
    [{ temperature: -1 }, 'generate: temperature must be a number of at least 0, got -1.'],
    [{ topK: 0 }, 'generate: topK must be a whole number of at least 1, got 0.'],
    [{ topP: 0 }, 'generate: topP must be in (0, 1], got 0.'],
    [{ topP: 1.5 }, 'generate: topP must be in (0, 1], got 1.5.'],
    [{ prompt: new Int32Array(0) }, 'generate: prompt must be at least one token'],
  ])('refuses %o before the first token', (wrong, message) => {
    const options = { prompt: Int32Array.of(1), length: 1, stream: new RandomStream(1), ...wrong };
    expect(() => generate(known, options)).toThrow(message);
  });
});
