// SPDX-License-Identifier: Apache-2.0
import { init, setSeed, slice, type Tensor, tensor, tidy } from '@tapeloop/core';
import { cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { padIds } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attend, PronunciationModel } from './model.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Runs `fn` on a model whose weights all differ. */
function withModel(fn: (model: PronunciationModel) => void): void {
  setSeed(3);
  const model = new PronunciationModel({ letters: 9, phonemes: 7, embedding: 5, hidden: 6 });
  model.build([1, 1], 'int32');
  tidy(() => {
    for (const { value, shape } of model.parameters()) value.view().set(cosines(shape).view());
    fn(model);
  });
  model.dispose();
}

function expectClose(got: Tensor, want: Tensor): void {
  expect(got.shape).toEqual(want.shape);
  const expected = want.data();
  got.data().forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(1e-5);
  });
}

describe('PronunciationModel', () => {
  it('gives a word the same scores to 1e-5, whatever padding a longer word brings', () => {
    withModel((model) => {
      const said = tensor([[1, 4, 5]], [1, 3], 'int32');
      const both = tensor(
        [
          [1, 4, 5],
          [1, 6, 3],
        ],
        [2, 3],
        'int32',
      );
      const { ids, mask } = padIds([
        [3, 8, 4],
        [5, 6, 7, 4, 3, 8],
      ]);
      const alone = model.call(tensor([[3, 8, 4]], [1, 3], 'int32'), { said });
      const together = model.call(ids, { mask, said: both });
      expectClose(slice(together, [0, 0, 0], [1, 3, 7]), alone);
    });
  });

  it('scores step by step to 1e-5 what it scores at once', () => {
    withModel((model) => {
      const encoding = model.encode(tensor([[3, 8, 4, 5]], [1, 4], 'int32'));
      const atOnce = model.decode(tensor([[1, 4, 5]], [1, 3], 'int32'), encoding).logits;
      let state = encoding.state;
      [1, 4, 5].forEach((id, step) => {
        const decoding = model.decode(tensor([[id]], [1, 1], 'int32'), encoding, state);
        expectClose(decoding.logits, slice(atOnce, [0, step, 0], [1, 1, 7]));
        state = decoding.state;
      });
    });
  });

  it('scores what follows the start when nothing was said', () => {
    withModel((model) => {
      const letters = tensor([[3, 8, 4]], [1, 3], 'int32');
      expectClose(
        model.call(letters),
        model.call(letters, { said: tensor([[1]], [1, 1], 'int32') }),
      );
    });
  });
});

describe('attend', () => {
  it('is the softmax-weighted mean of the letters, padding left out, to 1e-6', () => {
    tidy(() => {
      const [queries, letters] = [cosines([2, 2, 3]), sines([2, 4, 3])];
      const mask = tensor([1, 1, 1, 1, 1, 1, 0, 0], [2, 4], 'bool');
      const got = attend(queries, { letters, mask });
      const want = [0, 1].flatMap((row) =>
        [0, 1].flatMap((step) =>
          meanByHand(queries, letters, { row, step, count: row === 0 ? 4 : 2 }),
        ),
      );
      got.data().forEach((value, i) => {
        expect(Math.abs(value - (want[i] ?? Number.NaN))).toBeLessThan(1e-6);
      });
    });
  });
});

/** The attention of one query over the first `count` letters of its row, of size 3, in float64. */
function meanByHand(
  queries: Tensor,
  letters: Tensor,
  { row, step, count }: { row: number; step: number; count: number },
): number[] {
  const [q, e] = [queries.data(), letters.data()];
  const query = [0, 1, 2].map((k) => q[(row * 2 + step) * 3 + k] ?? 0);
  const rows = Array.from({ length: count }, (_, i) =>
    [0, 1, 2].map((k) => e[(row * 4 + i) * 3 + k] ?? 0),
  );
  const weights = rows.map((letter) =>
    Math.exp(letter.reduce((sum, x, k) => sum + x * (query[k] ?? 0), 0) / Math.sqrt(3)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [0, 1, 2].map((k) =>
    rows.reduce((sum, letter, i) => sum + ((weights[i] ?? 0) / total) * (letter[k] ?? 0), 0),
  );
}
