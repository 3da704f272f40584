// SPDX-License-Identifier: Apache-2.0

import {
  addProduct,
  element,
  memoryHeap,
  type ReferenceHeap,
  readFloats,
  readSum,
  writeFloats,
} from './heap.ts';
import {
  maskedState,
  outputGradOfRow,
  readSequence,
  skippedOutput,
  startRow,
  stepsOfRow,
} from './sequence.ts';

/** Simple recurrent network (Elman 1990): `h = tanh(x + hBefore·R)`, or relu. */
export interface SimpleRnnKernels {
  /**
   * Backward of the activation from the output y [n]: `dz = (dy + dh)·(1 − y²)` for tanh,
   * `y > 0 ? dy + dh : 0` for relu.
   *
   * @param variant one of `simpleRnnVariants`
   * @param dy and `dh`: gradients of y that are added; each 0 for none
   * @param dz may be any of the others
   */
  simpleRnnGrad(n: number, variant: number, y: number, dy: number, dh: number, dz: number): void;
  /**
   * All steps of a sequence; `sequence` is the address of `sequenceFields`. Projections may be
   * `outputs`.
   */
  simpleRnnSequenceForward(sequence: number): void;
  /** Backward of `simpleRnnSequenceForward`; reads outputs and masks, no projections. */
  simpleRnnSequenceBackward(sequence: number): void;
  /** The bytes of workspace for both directions. */
  simpleRnnSequenceWorkspace(batch: number, units: number): number;
}

/** The kernels of `SimpleRnnKernels`, row by row in float64. */
export function createSimpleRnnReference(memory: WebAssembly.Memory): SimpleRnnKernels {
  return simpleRnnReference(memoryHeap(memory));
}

/** The kernels of `SimpleRnnKernels` over any heap. */
export function simpleRnnReference(heap: ReferenceHeap): SimpleRnnKernels {
  return {
    simpleRnnGrad(n, variant, y, dy, dh, dz) {
      const output = readFloats(heap.floats(y), 0, n);
      writeFloats(heap.floats(dz), 0, activateGrad(variant, output, readSum(heap, [dy, dh], 0, n)));
    },
    simpleRnnSequenceForward(sequence) {
      const s = readSequence(heap, sequence);
      const kernel = heap.floats(s.recurrentKernel);
      for (let b = 0; b < s.batch; b++) {
        let h = startRow(heap, s, b, s.initialState, s.states);
        let output: Float64Array = new Float64Array(s.units);
        for (const { t, at, after, counts } of stepsOfRow(heap, s, b)) {
          if (counts) {
            const z = readFloats(heap.floats(s.projections), at, s.units);
            addProduct(z, h, kernel, { stride: s.units });
            output = z.map((value) => (s.variant ? Math.max(value, 0) : Math.tanh(value)));
            h = maskedState(heap, s, t, b, output);
          } else {
            output = skippedOutput(s, output);
          }
          writeFloats(heap.floats(s.states), after, h);
          writeFloats(heap.floats(s.outputs), at, output);
        }
      }
    },
    simpleRnnSequenceBackward(sequence) {
      const s = readSequence(heap, sequence);
      const kernel = heap.floats(s.recurrentKernel);
      for (let b = 0; b < s.batch; b++) {
        const outputGrad = outputGradOfRow(heap, s);
        let dh = readFloats(heap.floats(s.stateGrad), b * s.units, s.units);
        for (const step of stepsOfRow(heap, s, b).toReversed()) {
          const dy = outputGrad(step);
          let dz: Float64Array = new Float64Array(s.units);
          if (step.counts) {
            const grad = maskedState(heap, s, step.t, b, dh);
            const output = readFloats(heap.floats(s.outputs), step.at, s.units);
            dz = activateGrad(
              s.variant,
              output,
              grad.map((value, u) => value + element(dy, u)),
            );
            dh = new Float64Array(s.units);
            addProduct(dh, dz, kernel, { stride: s.units, transposed: true });
          }
          writeFloats(heap.floats(s.projectionsGrad), step.at, dz);
        }
        writeFloats(heap.floats(s.stateGrad), b * s.units, dh);
      }
    },
    simpleRnnSequenceWorkspace: () => 0,
  };
}

function activateGrad(variant: number, y: Float64Array, dy: Float64Array): Float64Array {
  return dy.map((change, u) => {
    const output = element(y, u);
    if (variant) return output > 0 ? change : 0;
    return change * (1 - output * output);
  });
}
