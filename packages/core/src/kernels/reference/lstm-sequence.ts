// SPDX-License-Identifier: Apache-2.0

import {
  addProduct,
  element,
  memoryHeap,
  type ReferenceHeap,
  readFloats,
  writeFloats,
} from './heap.ts';
import { activateLstm, activateLstmGrad } from './lstm.ts';
import {
  maskedCell,
  maskedState,
  outputGradOfRow,
  readSequence,
  skippedOutput,
  startRow,
  stepsOfRow,
} from './sequence.ts';

/** The LSTM of `LstmKernels` over whole sequences. */
export interface LstmSequenceKernels {
  /** All steps of a sequence; `sequence` is the address of `sequenceFields`. */
  lstmSequenceForward(sequence: number): void;
  /** Backward of `lstmSequenceForward`; reads projections, cells and masks that it left. */
  lstmSequenceBackward(sequence: number): void;
  /** The bytes of workspace for both directions. */
  lstmSequenceWorkspace(batch: number, units: number): number;
}

/** The kernels of `LstmSequenceKernels`, row by row in float64. */
export function createLstmSequenceReference(memory: WebAssembly.Memory): LstmSequenceKernels {
  return lstmSequenceReference(memoryHeap(memory));
}

/** The kernels of `LstmSequenceKernels` over any heap. */
export function lstmSequenceReference(heap: ReferenceHeap): LstmSequenceKernels {
  return {
    lstmSequenceForward(sequence) {
      const s = readSequence(heap, sequence);
      const kernel = heap.floats(s.recurrentKernel);
      const projections = heap.floats(s.projections);
      for (let b = 0; b < s.batch; b++) {
        let h = startRow(heap, s, b, s.initialState, s.states);
        let c = startRow(heap, s, b, s.initialCell, s.cells);
        let output: Float64Array = new Float64Array(s.units);
        for (const { t, at, after, counts } of stepsOfRow(heap, s, b)) {
          if (counts) {
            const z = readFloats(projections, 4 * at, 4 * s.units);
            addProduct(z, h, kernel, { stride: 4 * s.units });
            const step = activateLstm(z, c);
            writeFloats(projections, 4 * at, step.gates);
            output = step.h;
            h = maskedState(heap, s, t, b, step.h);
            c = maskedCell(heap, s, t, b, step.c);
          } else {
            output = skippedOutput(s, output);
          }
          writeFloats(heap.floats(s.states), after, h);
          writeFloats(heap.floats(s.cells), after, c);
          writeFloats(heap.floats(s.outputs), at, output);
        }
      }
    },
    lstmSequenceBackward(sequence) {
      const s = readSequence(heap, sequence);
      const kernel = heap.floats(s.recurrentKernel);
      for (let b = 0; b < s.batch; b++) {
        const outputGrad = outputGradOfRow(heap, s);
        let dh = readFloats(heap.floats(s.stateGrad), b * s.units, s.units);
        let dc = readFloats(heap.floats(s.cellGrad), b * s.units, s.units);
        for (const step of stepsOfRow(heap, s, b).toReversed()) {
          const { t, at, before } = step;
          const dy = outputGrad(step);
          let dz: Float64Array = new Float64Array(4 * s.units);
          if (step.counts) {
            const grads = activateLstmGrad(
              readFloats(heap.floats(s.projections), 4 * at, 4 * s.units),
              readFloats(heap.floats(s.cells), before, s.units),
              maskedState(heap, s, t, b, dh).map((value, u) => value + element(dy, u)),
              maskedCell(heap, s, t, b, dc),
            );
            dz = grads.dz;
            dc = grads.dc;
            dh = new Float64Array(s.units);
            addProduct(dh, dz, kernel, { stride: 4 * s.units, transposed: true });
          }
          writeFloats(heap.floats(s.projectionsGrad), 4 * at, dz);
        }
        writeFloats(heap.floats(s.stateGrad), b * s.units, dh);
        writeFloats(heap.floats(s.cellGrad), b * s.units, dc);
      }
    },
    lstmSequenceWorkspace: () => 0,
  };
}
