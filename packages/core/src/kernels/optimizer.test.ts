// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import type { Kernels } from './kernels.ts';
import { bitsOf, createTestHeap, forEachBuild, type TestHeap } from './testing.ts';

/** The buffers of one update; `state` holds what a rule may keep, the second and the fourth without negative numbers. */
interface Buffers {
  readonly parameter: number;
  readonly gradient: number;
  readonly state: readonly [number, number, number, number];
  readonly out: number;
}

type Rule = (kernels: Kernels, buffers: Buffers, n: number) => void;

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 27];

const rules: readonly (readonly [string, Rule])[] = [
  ['sgd', (k, { parameter: p, gradient: g, out }, n) => k.sgdUpdate(p, g, out, n, 0.1, 0, 1)],
  ['sgd with decay', (k, b, n) => k.sgdUpdate(b.parameter, b.gradient, b.out, n, 0.1, 0.02, 0.5)],
  ['momentum', momentumRule(0, 0, 1)],
  ['nesterov with decay', momentumRule(1, 0.02, 0.3)],
  ['adam', adamRule({ decay: 0, shrink: 0, scale: 1 })],
  ['adam with decay', adamRule({ decay: 0.1, shrink: 0, scale: 0.5 })],
  ['adamw', adamRule({ decay: 0, shrink: 1e-4, scale: 1 })],
  ['amsgrad', amsgrad],
  ['nadam', nadam],
  ['adamax', adamax],
  ['lion', lion],
  ['adagrad', adagrad],
  ['adadelta', adadelta],
  ['rmsprop', rmspropRule(false, false)],
  ['rmsprop, centred', rmspropRule(true, false)],
  ['rmsprop with momentum', rmspropRule(false, true)],
  ['rmsprop, centred, with momentum', rmspropRule(true, true)],
];

forEachBuild('optimizer updates', (build) => {
  test.each(rules)('%s: error < 3e-7 of the reference at every size', async (_, rule) => {
    for (const n of sizes) {
      for (const misalign of [0, 4, 12]) {
        const heap = await createTestHeap(build, 1);
        const buffers = laidOut(heap, n, misalign);
        const { got, want } = heap.compare(
          (kernels) => rule(kernels, buffers, n),
          () => results(heap, buffers, n),
        );
        for (const [i, value] of want.entries()) {
          const received = got[i] ?? Number.NaN;
          if (Math.abs(received - value) > 3e-7 * Math.max(1, Math.abs(value))) {
            expect.fail(`element ${i} of ${n} is ${received}, must be ${value}`);
          }
        }
      }
    }
  });

  test.each(rules)(
    '%s: each element has the same bits at every place, in place too',
    async (_, rule) => {
      const n = 27;
      const whole = await createTestHeap(build, 1);
      const buffers = laidOut(whole, n, 0);
      rule(whole.kernels, buffers, n);
      const want = bitsOf(whole.floats(buffers.out, n));
      const other = await createTestHeap(build, 1);
      const inPlace = laidOut(other, n, 4);
      rule(other.kernels, { ...inPlace, out: inPlace.parameter }, n);
      expect(bitsOf(other.floats(inPlace.parameter, n))).toEqual(want);
      const pieces = await createTestHeap(build, 1);
      const split = laidOut(pieces, n, 8);
      for (let from = 0; from < n; from += 9) {
        const at = (pointer: number) => pointer + 4 * from;
        const [first, second, third, fourth] = split.state;
        rule(
          pieces.kernels,
          {
            parameter: at(split.parameter),
            gradient: at(split.gradient),
            state: [at(first), at(second), at(third), at(fourth)],
            out: at(split.out),
          },
          9,
        );
      }
      expect(bitsOf(pieces.floats(split.out, n))).toEqual(want);
    },
  );

  test.each(rules)('%s: without a parameter, the update alone', async (_, rule) => {
    const n = 13;
    const heap = await createTestHeap(build, 1);
    const zeros = { ...laidOut(heap, n, 0), parameter: heap.input(new Float32Array(n)) };
    rule(heap.kernels, zeros, n);
    const alone = { ...laidOut(heap, n, 0), parameter: 0 };
    heap.run(
      (kernels) => rule(kernels, alone, n),
      () => undefined,
    );
    expect(heap.floats(alone.out, n)).toEqual(heap.floats(zeros.out, n));
  });

  test.each(rules)('%s: NaN and Infinity stay in their elements', async (_, rule) => {
    const n = 11;
    const heap = await createTestHeap(build, 1);
    const clean = laidOut(heap, n, 0);
    rule(heap.kernels, clean, n);
    const dirty = laidOut(heap, n, 0);
    const gradient = new Float32Array(heap.memory.buffer, dirty.gradient, n);
    gradient[2] = Number.NaN;
    gradient[9] = Number.POSITIVE_INFINITY;
    const { got, want } = heap.compare(
      (kernels) => rule(kernels, dirty, n),
      () => heap.floats(dirty.out, n),
    );
    const others = heap.floats(clean.out, n);
    for (const [i, value] of got.entries()) {
      if (i === 2) expect(value).toBeNaN();
      else if (i === 9) expectSame(value, want[i] ?? 0);
      else expect(Object.is(value, others[i])).toBe(true);
    }
  });
});

/** Equal infinities, two NaN, or numbers that differ by rounding: the sign of infinity is 1. */
function expectSame(got: number, want: number): void {
  if (Number.isFinite(want)) expect(got).toBeCloseTo(want, 6);
  else expect(got).toBe(want);
}

function laidOut(heap: TestHeap, n: number, misalign: number): Buffers {
  const waves = (phase: number) =>
    Float32Array.from({ length: n }, (_, i) => Math.cos(1.3 * i + i * i * 0.02 + phase));
  return {
    parameter: heap.output(waves(1), { misalign }),
    gradient: heap.output(waves(2), { misalign }),
    state: [
      heap.output(scaled(waves(3), 0.25), { misalign }),
      heap.output(squared(waves(4)), { misalign }),
      heap.output(waves(5), { misalign }),
      heap.output(squared(waves(6)), { misalign }),
    ],
    out: heap.output(n, { misalign }),
  };
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return values.map((x) => x * factor);
}

function squared(values: Float32Array): Float32Array {
  return values.map((x) => x * x + 0.1);
}

function results(heap: TestHeap, { out, state }: Buffers, n: number): Float32Array {
  return Float32Array.from([out, ...state].flatMap((pointer) => [...heap.floats(pointer, n)]));
}

function momentumRule(nesterov: number, decay: number, scale: number): Rule {
  return (kernels, { parameter, gradient, state: [velocity], out }, n) =>
    kernels.momentumUpdate(parameter, gradient, velocity, out, n, 0.1, 0.9, nesterov, decay, scale);
}

function adamRule({
  decay,
  shrink,
  scale,
}: {
  decay: number;
  shrink: number;
  scale: number;
}): Rule {
  return (kernels, { parameter, gradient, state: [m, v], out }, n) => {
    const rootScale = 1 / Math.sqrt(1 - 0.999 ** 3);
    const rate = 0.01 / (1 - 0.9 ** 3);
    kernels.adamUpdate(
      parameter,
      gradient,
      m,
      v,
      out,
      n,
      rate,
      0.9,
      0.999,
      rootScale,
      1e-8,
      decay,
      shrink,
      scale,
    );
  };
}

function rmspropRule(centred: boolean, withMomentum: boolean): Rule {
  return (kernels, { parameter, gradient, state: [mean, square, velocity], out }, n) =>
    kernels.rmspropUpdate(
      parameter,
      gradient,
      square,
      centred ? mean : 0,
      withMomentum ? velocity : 0,
      out,
      n,
      0.01,
      0.9,
      0.8,
      1e-3,
      0.02,
      0.5,
    );
}

function amsgrad(k: Kernels, { parameter: p, gradient, state, out }: Buffers, n: number): void {
  const [m, v, , largest] = state;
  k.amsgradUpdate(p, gradient, m, v, largest, out, n, 0.01, 0.9, 0.999, 1.3, 1e-8, 0.5);
}

function nadam(k: Kernels, { parameter: p, gradient, state, out }: Buffers, n: number): void {
  const [m, v] = state;
  k.nadamUpdate(p, gradient, m, v, out, n, 0.01, 0.002, 0.9, 0.999, 1.3, 1e-8, 0.5);
}

function adamax(k: Kernels, { parameter: p, gradient, state, out }: Buffers, n: number): void {
  const [m, u] = state;
  k.adamaxUpdate(p, gradient, m, u, out, n, 0.01, 0.9, 0.99, 1e-8, 0.5);
}

function lion(k: Kernels, { parameter: p, gradient, state: [m], out }: Buffers, n: number): void {
  k.lionUpdate(p, gradient, m, out, n, 0.01, 0.9, 0.99, 1e-3, 0.5);
}

function adagrad(k: Kernels, { parameter: p, gradient, state, out }: Buffers, n: number): void {
  k.adagradUpdate(p, gradient, state[1], out, n, 0.01, 1e-8, 0.5);
}

function adadelta(k: Kernels, { parameter: p, gradient, state, out }: Buffers, n: number): void {
  const [, squares, , deltas] = state;
  k.adadeltaUpdate(p, gradient, squares, deltas, out, n, 0.5, 0.9, 1e-6, 0.5);
}
