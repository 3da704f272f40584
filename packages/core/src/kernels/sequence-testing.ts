// SPDX-License-Identifier: Apache-2.0
// What the tests of whole-sequence kernels share: a problem with any of the options, laid out in a heap.

import { type SequenceArguments, sequenceFields } from './sequence-arguments.ts';
import type { TestHeap } from './testing.ts';

/** What a state is scaled by: nothing, one mask, one for each row or step, or both. */
export type MaskKind = 'none' | 'shared' | 'rows' | 'steps' | 'rows and steps';

/** A problem: sizes and options. */
export interface SequenceCase {
  readonly steps: number;
  readonly batch: number;
  readonly units: number;
  readonly reverse?: boolean;
  readonly variant?: number;
  readonly recurrentBias?: boolean;
  readonly initial?: boolean;
  readonly stateMask?: MaskKind;
  readonly cellMask?: MaskKind;
  readonly valid?: boolean;
  readonly repeatOutputs?: boolean;
  readonly outputsGrad?: boolean;
  /** Outputs are the states themselves. */
  readonly sharedOutputs?: boolean;
  /** Gradients of the projections replace the projections. */
  readonly inPlace?: boolean;
  /** Bytes by which every buffer misses a multiple of 16. */
  readonly misalign?: number;
}

/** Which of the buffers a cell has. */
export interface CellKind {
  readonly gates: number;
  readonly hasCells: boolean;
  readonly hasCandidates: boolean;
}

/** Where a problem lies: the address of its arguments, and the arguments. */
export interface Laid {
  readonly at: number;
  readonly s: SequenceArguments;
}

/** Takes buffers of a heap. */
export interface Placer {
  /** Elements that kernels must not write. */
  input(values: Float64Array): number;
  /** Elements that kernels may write; a length leaves them unset. */
  output(values: Float64Array | number): number;
  bytes(values: Uint8Array): number;
  words(values: readonly number[]): number;
  workspace(batch: number, units: number): number;
}

/** Lays a problem out. All numbers come from cosines of their places, so that all differ. */
export function layOut(kind: CellKind, test: SequenceCase, placer: Placer): Laid {
  const { steps, batch, units } = test;
  const state = batch * units;
  const wave = (length: number, scale: number, phase: number) =>
    Float64Array.from({ length }, (_, i) =>
      Math.fround(scale * Math.cos(1.7 * i + i * i * 0.013 + phase)),
    );
  const optional = (wanted: boolean | undefined, values: () => Float64Array) =>
    wanted ? placer.input(values()) : 0;
  const projections = placer.output(wave(steps * state * kind.gates, 1.2, 1));
  const states = placer.output((steps + 1) * state);
  const candidates = kind.hasCandidates ? placer.output(steps * state) : 0;
  const recurrentScale = 1.3 / Math.sqrt(units);
  const stateMask = maskOf(test.stateMask, test, (length) => placer.input(maskValues(length, 2)));
  const cellMask = maskOf(test.cellMask, test, (length) => placer.input(maskValues(length, 5)));
  const s: SequenceArguments = {
    steps,
    batch,
    units,
    reverse: test.reverse ? 1 : 0,
    variant: test.variant ?? 0,
    projections,
    recurrentKernel: placer.input(wave(units * units * kind.gates, recurrentScale, 2)),
    recurrentBias: optional(test.recurrentBias, () => wave(units * kind.gates, 0.4, 3)),
    initialState: optional(test.initial, () => wave(state, 0.8, 4)),
    initialCell: optional(test.initial && kind.hasCells, () => wave(state, 0.9, 5)),
    states,
    cells: kind.hasCells ? placer.output((steps + 1) * state) : 0,
    candidates,
    outputs: test.sharedOutputs
      ? states + (test.reverse ? 0 : 4 * state)
      : placer.output(steps * state),
    stateMask: stateMask.pointer,
    stateMaskStep: stateMask.step,
    stateMaskRow: stateMask.row,
    cellMask: cellMask.pointer,
    cellMaskStep: cellMask.step,
    cellMaskRow: cellMask.row,
    valid: test.valid ? placer.bytes(validBytes(test)) : 0,
    repeatOutputs: test.repeatOutputs ? 1 : 0,
    outputsGrad: optional(test.outputsGrad ?? true, () => wave(steps * state, 0.7, 6)),
    stateGrad: placer.output(wave(state, 0.6, 7)),
    cellGrad: kind.hasCells ? placer.output(wave(state, 0.5, 8)) : 0,
    projectionsGrad: test.inPlace ? projections : placer.output(steps * state * kind.gates),
    candidatesGrad: test.inPlace || !kind.hasCandidates ? candidates : placer.output(steps * state),
    workspace: placer.workspace(batch, units),
  };
  return { at: placer.words(sequenceFields.map((name) => s[name])), s };
}

/** Which steps count: rows end at different times, and one has a hole. The first row always counts. */
export function validBytes({ steps, batch }: SequenceCase): Uint8Array {
  const valid = new Uint8Array(steps * batch);
  for (let t = 0; t < steps; t++) {
    for (let b = 0; b < batch; b++) {
      const counts = b === 0 || (t < steps - b && !(b === 1 && t === 1)) || (b === 3 && t > 2);
      valid[t * batch + b] = counts ? 1 : 0;
    }
  }
  return valid;
}

/** Places buffers in the heap of a kernel test. */
export function placeIn(
  heap: TestHeap,
  workspaceBytes: (batch: number, units: number) => number,
  misalign = 0,
): Placer {
  return {
    input: (values) => heap.input(values, { misalign }),
    output: (values) => heap.output(values, { misalign }),
    bytes: (values) => heap.inputInts(wordsOf(values)),
    words: (values) => heap.inputInts(values),
    workspace: (batch, units) => heap.workspace(workspaceBytes(batch, units)),
  };
}

function maskOf(
  kind: MaskKind = 'none',
  { steps, batch, units }: SequenceCase,
  place: (length: number) => number,
): { pointer: number; step: number; row: number } {
  const rows = kind === 'rows' || kind === 'rows and steps';
  const perStep = rows ? batch * units : units;
  const many = kind === 'steps' || kind === 'rows and steps';
  if (kind === 'none') return { pointer: 0, step: 0, row: 0 };
  return {
    pointer: place(many ? steps * perStep : perStep),
    step: many ? perStep : 0,
    row: rows ? units : 0,
  };
}

/** Factors that all differ, about a third of them zeros. */
function maskValues(length: number, phase: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const wave = Math.cos(2.3 * i + i * i * 0.017 + phase);
    return wave < -0.5 ? 0 : Math.fround(1.5 + wave / 4);
  });
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const padded = new Uint8Array(4 * Math.ceil(bytes.length / 4));
  padded.set(bytes);
  return new Int32Array(padded.buffer);
}
