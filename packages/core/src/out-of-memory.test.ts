// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init } from './backend.ts';
import { tensor } from './create.ts';
import { OutOfMemoryError } from './errors.ts';
import { valueAndGrad } from './grad.ts';
import { mul } from './ops/arithmetic.ts';
import { softmaxCrossEntropy } from './ops/cross-entropy.ts';
import { dropout } from './ops/dropout.ts';
import { gather } from './ops/gather.ts';
import { layerNorm } from './ops/layer-norm.ts';
import { lstmSequence } from './ops/lstm-sequence.ts';
import { matMul } from './ops/mat-mul.ts';
import './ops/backward-arithmetic.ts';
import { Parameter } from './parameter.ts';
import { RandomStream } from './random.ts';
import { dispose, memory } from './scope.ts';
import { attachHeap, heap } from './storage.ts';
import { cosines, sines } from './testing/fixtures.ts';
import { trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [TIME, BATCH, VOCABULARY, UNITS] = [3, 2, 5, 4];

test('a step that runs out of memory anywhere leaks nothing and can be tried again', () => {
  const parameters = {
    table: new Parameter('table', cosines([VOCABULARY, UNITS])),
    kernel: new Parameter('kernel', sines([UNITS, 4 * UNITS])),
    recurrentKernel: new Parameter('recurrentKernel', cosines([UNITS, 4 * UNITS], { start: 9 })),
    gamma: new Parameter('gamma', cosines([UNITS])),
    beta: new Parameter('beta', sines([UNITS])),
    scores: new Parameter('scores', sines([UNITS, VOCABULARY], { start: 5 })),
  };
  const ids = tensor([0, 1, 2, 3, 4, 0], [TIME, BATCH], 'int32');
  const zero = cosines([BATCH, UNITS], { scale: 0 });
  const step = () =>
    valueAndGrad(() => {
      const { table, kernel, recurrentKernel, gamma, beta, scores } = parameters;
      const vectors = dropout(gather(table.value, ids), 0.5, { stream: new RandomStream(1) });
      const weights = { kernel: kernel.value, recurrentKernel: recurrentKernel.value };
      const { outputs } = lstmSequence({
        ...{ inputs: vectors, ...weights, initialState: { c: zero, h: zero } },
        stateMask: mul(gamma.value, 2),
      });
      const normed = layerNorm(outputs, gamma.value, beta.value);
      return softmaxCrossEntropy(matMul(normed, scores.value), ids);
    }, Object.values(parameters));

  const first = step();
  const expected = first.value.item();
  dispose(first);
  const whole = heap();
  const before = memory();
  let room = 0;
  for (let finished = false; !finished; room++) {
    let left = room;
    attachHeap({
      get buffer() {
        return whole.buffer;
      },
      allocate: (bytes) => (left-- > 0 ? whole.allocate(bytes) : 0),
      free: (pointer) => whole.free(pointer),
    });
    try {
      const done = step();
      expect(done.value.item()).toBe(expected);
      dispose(done);
      finished = true;
    } catch (error) {
      expect(error).toBeInstanceOf(OutOfMemoryError);
    } finally {
      attachHeap(whole);
    }
    expect(memory()).toEqual(before);
  }
  expect(room).toBeGreaterThan(30);
  for (const parameter of Object.values(parameters)) parameter.dispose();
});
