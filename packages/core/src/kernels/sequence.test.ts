// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from 'vitest';
import { type TestedCell, testedCells } from './sequence-cells-testing.ts';
import { layOut, placeIn, type SequenceCase, validBytes } from './sequence-testing.ts';
import {
  bitsOf,
  createTestHeap,
  forEachBuild,
  type TestedBuild,
  type TestHeap,
} from './testing.ts';

// Units below, at and above a vector and the loop of two vectors, and three loops long; rows below, at and above the
// tile of the products.
const sizes: readonly SequenceCase[] = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 27].map((units) => ({ steps: 3, batch: 2, units })),
  ...[1, 5, 6, 7, 13].map((batch) => ({ steps: 2, batch, units: 5 })),
  { steps: 1, batch: 2, units: 6 },
  { steps: 7, batch: 3, units: 10 },
];

const small = { steps: 5, batch: 4, units: 6 };
const options: readonly (readonly [string, Partial<SequenceCase>])[] = [
  ['an initial state', { initial: true }],
  ['time reversed', { reverse: true, initial: true }],
  ['one state mask', { stateMask: 'shared' }],
  ['a state mask for each row', { stateMask: 'rows', reverse: true }],
  ['a state mask for each step', { stateMask: 'steps', cellMask: 'steps' }],
  ['state masks for each row and step', { stateMask: 'rows and steps', cellMask: 'rows' }],
  ['a cell mask', { cellMask: 'shared', initial: true }],
  ['rows that end early', { valid: true }],
  ['rows that end early and repeat', { valid: true, repeatOutputs: true }],
  [
    'everything at once',
    {
      valid: true,
      repeatOutputs: true,
      reverse: true,
      initial: true,
      stateMask: 'rows and steps',
      cellMask: 'rows and steps',
    },
  ],
  ['no gradient of the outputs', { outputsGrad: false, initial: true }],
  ['no gradient of repeated outputs', { outputsGrad: false, valid: true, repeatOutputs: true }],
  ['outputs in the states', { sharedOutputs: true, initial: true }],
  ['outputs in reversed states', { sharedOutputs: true, reverse: true }],
  ['gradients in place', { inPlace: true, initial: true }],
  ['buffers at odd places', { misalign: 4, initial: true, stateMask: 'shared' }],
];

describe.each(testedCells)('%s sequence', (_, cell) => {
  forEachBuild('kernels', (build) => {
    test('error < 2e-6 of the reference at every size', async () => {
      for (const size of sizes) await agrees(build, cell, { ...size, initial: true });
    });

    test.each(options)('error < 2e-6 of the reference with %s', async (_name, option) => {
      await agrees(build, cell, { ...small, ...option });
    });

    test('a row gives the same bits alone and in a batch, at any address', async () => {
      const long = { steps: 6, batch: 7, units: 11, initial: true };
      const together = await ran(build, cell, long);
      const elsewhere = await ran(build, cell, { ...long, misalign: 12 });
      expect(elsewhere.bits()).toEqual(together.bits());
      const alone = await ran(build, cell, { ...long, batch: 1 });
      const first = (values: Float32Array, t: number, batch: number) =>
        bitsOf(values.slice(t * batch * long.units, t * batch * long.units + long.units));
      // The problems are laid out by place, so only the first row's first step has the same inputs.
      expect(first(alone.outputs(), 0, 1)).toEqual(first(together.outputs(), 0, 7));
    });

    test('NaN stays in its row', async () => {
      const clean = await ran(build, cell, { ...small, initial: true });
      const dirty = await ran(build, cell, { ...small, initial: true }, (heap, s) => {
        const row = s.projections + 4 * cell.gates * (small.batch * small.units + small.units);
        new Float32Array(heap.memory.buffer, row, cell.gates * small.units).fill(Number.NaN);
      });
      for (const [i, value] of dirty.outputs().entries()) {
        const inRow = Math.floor(i / small.units) % small.batch === 1;
        const spoilt = inRow && i >= small.batch * small.units;
        if (spoilt) expect(value).toBeNaN();
        else expect(Object.is(value, clean.outputs()[i])).toBe(true);
      }
    });

    test('infinite projections saturate', async () => {
      const { outputs } = await ran(build, cell, { ...small, initial: true }, (heap, s) => {
        const values = new Float32Array(
          heap.memory.buffer,
          s.projections,
          cell.gates * small.units,
        );
        values.fill(Number.POSITIVE_INFINITY);
        values.fill(Number.NEGATIVE_INFINITY, 0, small.units);
      });
      const relu = cell.gates === 1 && cell.variant === 1;
      const saturated = outputs().slice(0, small.units);
      expect(saturated.every((value) => (relu ? value === 0 : Math.abs(value) <= 1))).toBe(true);
    });

    test('what lies in rows that do not count changes nothing', async () => {
      const padded = { ...small, valid: true, repeatOutputs: true, stateMask: 'steps' } as const;
      const clean = await ran(build, cell, padded);
      const dirty = await ran(build, cell, padded, (heap, s) => {
        for (const [row, counts] of validBytes(padded).entries()) {
          if (counts) continue;
          const bytes = 4 * cell.gates * small.units;
          const at = s.projections + row * bytes;
          new Float32Array(heap.memory.buffer, at, cell.gates * small.units).fill(Number.NaN);
        }
      });
      expect(dirty.bits()).toEqual(clean.bits());
    });
  });
});

/** Runs forward and backward by kernel and reference and compares everything that is specified. */
async function agrees(build: TestedBuild, cell: TestedCell, test: SequenceCase): Promise<void> {
  const { heap, laid, kind } = await laidOut(build, cell, test);
  const { at, s } = laid;
  const forward = heap.compare(
    (kernels) => cell.of(kernels).forward(at),
    () => forwardResults(heap, kind, s, test),
  );
  close(forward.got, forward.want, test);
  heap.run(
    (kernels) => cell.of(kernels).forward(at),
    () => undefined,
  );
  const backward = heap.compare(
    (kernels) => cell.of(kernels).backward(at),
    () => backwardResults(heap, kind, s, test),
  );
  close(backward.got, backward.want, test);
}

/** Runs forward and backward by the kernel under test. */
async function ran(
  build: TestedBuild,
  cell: TestedCell,
  test: SequenceCase,
  change: (heap: TestHeap, s: Laid['s']) => void = () => undefined,
) {
  const { heap, laid, kind } = await laidOut(build, cell, test);
  const { at, s } = laid;
  change(heap, s);
  const pair = cell.of(heap.kernels);
  const forward = heap.run(
    () => pair.forward(at),
    () => forwardResults(heap, kind, s, test),
  );
  const backward = heap.run(
    () => pair.backward(at),
    () => backwardResults(heap, kind, s, test),
  );
  const all = { ...forward, ...backward };
  return {
    outputs: () => forward['outputs'] ?? new Float32Array(),
    bits: () => Object.values(all).map(bitsOf),
  };
}

type Laid = ReturnType<typeof layOut>;

async function laidOut(build: TestedBuild, cell: TestedCell, test: SequenceCase) {
  const heap = await createTestHeap(build, 6);
  const placer = placeIn(
    heap,
    (batch, units) => cell.workspace(heap.kernels, batch, units),
    test.misalign,
  );
  const { variant, recurrentBias } = cell;
  return { heap, kind: cell, laid: layOut(cell, { ...test, variant, recurrentBias }, placer) };
}

type Results = Record<string, Float32Array>;

function forwardResults(
  heap: TestHeap,
  kind: TestedCell,
  s: Laid['s'],
  test: SequenceCase,
): Results {
  const state = s.batch * s.units;
  const results: Results = {
    outputs: heap.floats(s.outputs, s.steps * state),
    states: heap.floats(s.states, (s.steps + 1) * state),
  };
  if (kind.hasCells) results['cells'] = heap.floats(s.cells, (s.steps + 1) * state);
  if (kind.hasCandidates) {
    results['candidates'] = rowsThatCount(
      heap.floats(s.candidates, s.steps * state),
      s.units,
      test,
    );
  }
  if (kind.gates > 1) {
    const gates = heap.floats(s.projections, kind.gates * s.steps * state);
    results['gates'] = rowsThatCount(gates, kind.gates * s.units, test);
  }
  return results;
}

function backwardResults(
  heap: TestHeap,
  kind: TestedCell,
  s: Laid['s'],
  test: SequenceCase,
): Results {
  const state = s.batch * s.units;
  const results: Results = {
    projectionsGrad: heap.floats(s.projectionsGrad, kind.gates * s.steps * state),
  };
  if (kind.hasCandidates && s.variant) {
    results['candidatesGrad'] = heap.floats(s.candidatesGrad, s.steps * state);
  }
  if (test.initial) results['stateGrad'] = heap.floats(s.stateGrad, state);
  if (test.initial && kind.hasCells) results['cellGrad'] = heap.floats(s.cellGrad, state);
  return results;
}

function rowsThatCount(values: Float32Array, width: number, test: SequenceCase): Float32Array {
  if (!test.valid) return values;
  const valid = validBytes(test);
  return values.filter((_, i) => valid[Math.floor(i / width)] !== 0);
}

function close(got: Results, want: Results, test: SequenceCase): void {
  for (const [name, values] of Object.entries(want)) {
    for (const [i, value] of values.entries()) {
      const received = got[name]?.[i] ?? Number.NaN;
      if (Math.abs(received - value) <= 2e-6 * Math.max(1, Math.abs(value))) continue;
      expect.fail(`${name}[${i}] is ${received}, must be ${value}, in ${JSON.stringify(test)}`);
    }
  }
}
