// SPDX-License-Identifier: Apache-2.0

import type { SequenceArguments } from '../sequence-arguments.ts';
import { mixStates, mixStatesGrad } from './gru.ts';
import {
  addProduct,
  element,
  memoryHeap,
  type ReferenceHeap,
  readFloats,
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
import { sigmoid } from './unary.ts';

/** The GRU of `GruKernels` over whole sequences; `variant` 1 resets after, 0 before the product. */
export interface GruSequenceKernels {
  /** All steps of a sequence; `sequence` is the address of `sequenceFields`. */
  gruSequenceForward(sequence: number): void;
  /** Backward of `gruSequenceForward`; reads projections, candidates, states and masks that it left. */
  gruSequenceBackward(sequence: number): void;
  /** The bytes of workspace for both directions. */
  gruSequenceWorkspace(batch: number, units: number): number;
}

/** The kernels of `GruSequenceKernels`, row by row in float64. */
export function createGruSequenceReference(memory: WebAssembly.Memory): GruSequenceKernels {
  return gruSequenceReference(memoryHeap(memory));
}

/** The kernels of `GruSequenceKernels` over any heap. */
export function gruSequenceReference(heap: ReferenceHeap): GruSequenceKernels {
  return {
    gruSequenceForward(sequence) {
      const s = readSequence(heap, sequence);
      for (let b = 0; b < s.batch; b++) {
        let h = startRow(heap, s, b, s.initialState, s.states);
        let output: Float64Array = new Float64Array(s.units);
        for (const { t, at, after, counts } of stepsOfRow(heap, s, b)) {
          let candidate: Float64Array = new Float64Array(s.units);
          if (counts) {
            const step = forwardStep(
              heap,
              s,
              readFloats(heap.floats(s.projections), 3 * at, 3 * s.units),
              h,
            );
            candidate = step.candidate;
            writeFloats(heap.floats(s.projections), 3 * at, step.gates);
            output = step.h;
            h = maskedState(heap, s, t, b, step.h);
          } else {
            output = skippedOutput(s, output);
          }
          writeFloats(heap.floats(s.candidates), at, candidate);
          writeFloats(heap.floats(s.states), after, h);
          writeFloats(heap.floats(s.outputs), at, output);
        }
      }
    },
    gruSequenceBackward(sequence) {
      const s = readSequence(heap, sequence);
      for (let b = 0; b < s.batch; b++) {
        const outputGrad = outputGradOfRow(heap, s);
        let dh = readFloats(heap.floats(s.stateGrad), b * s.units, s.units);
        for (const step of stepsOfRow(heap, s, b).toReversed()) {
          const dy = outputGrad(step);
          let dz: Float64Array = new Float64Array(3 * s.units);
          let dn: Float64Array = new Float64Array(s.units);
          if (step.counts) {
            const grads = backwardStep(
              heap,
              s,
              readFloats(heap.floats(s.projections), 3 * step.at, 3 * s.units),
              readFloats(heap.floats(s.candidates), step.at, s.units),
              readFloats(heap.floats(s.states), step.before, s.units),
              maskedState(heap, s, step.t, b, dh).map((value, u) => value + element(dy, u)),
            );
            dz = grads.dz;
            dn = grads.dn;
            dh = grads.dh;
          }
          writeFloats(heap.floats(s.projectionsGrad), 3 * step.at, dz);
          if (s.variant) writeFloats(heap.floats(s.candidatesGrad), step.at, dn);
        }
        writeFloats(heap.floats(s.stateGrad), b * s.units, dh);
      }
    },
    gruSequenceWorkspace: () => 0,
  };
}

/** One row's step: `x` [3·U] the projections. */
function forwardStep(
  heap: ReferenceHeap,
  s: SequenceArguments,
  x: Float64Array,
  hBefore: Float64Array,
) {
  const { units } = s;
  const kernel = heap.floats(s.recurrentKernel);
  const bias =
    s.recurrentBias === 0 ? null : readFloats(heap.floats(s.recurrentBias), 0, 3 * units);
  const zr = x.slice(0, 2 * units).map((value, j) => value + (bias ? element(bias, j) : 0));
  addProduct(zr, hBefore, kernel, { stride: 3 * units });
  const [z, r] = [zr.slice(0, units).map(sigmoid), zr.slice(units).map(sigmoid)];
  const xg = x.slice(2 * units);
  const reset = hBefore.map((value, u) => value * element(r, u));
  const recurrent = bias?.slice(2 * units) ?? new Float64Array(units);
  const source = s.variant ? hBefore : reset;
  addProduct(recurrent, source, kernel, { stride: 3 * units, from: 2 * units });
  const g = xg.map((value, u) =>
    Math.tanh(value + (s.variant ? element(r, u) : 1) * element(recurrent, u)),
  );
  return {
    gates: Float64Array.from([...z, ...r, ...g]),
    candidate: s.variant ? recurrent : reset,
    h: hBefore.map((value, u) => mixStates(element(z, u), element(g, u), value)),
  };
}

/** The chain rule through `forwardStep`; `dh` is the whole gradient of its h. */
function backwardStep(
  heap: ReferenceHeap,
  s: SequenceArguments,
  gates: Float64Array,
  candidate: Float64Array,
  hBefore: Float64Array,
  dh: Float64Array,
) {
  const { units } = s;
  const kernel = heap.floats(s.recurrentKernel);
  const slice = (from: number) => gates.slice(from * units, (from + 1) * units);
  const [z, r, g] = [slice(0), slice(1), slice(2)];
  const mixed = Array.from(dh, (change, u) => {
    const unit = { z: element(z, u), r: element(r, u), g: element(g, u) };
    return mixStatesGrad(unit, element(hBefore, u), change);
  });
  const [dzz, dzg] = [mixed.map((d) => d.z), Float64Array.from(mixed, (d) => d.g)];
  const dhBefore = Float64Array.from(mixed, (d) => d.hBefore);
  const candidates = { stride: 3 * units, from: 2 * units, transposed: true };
  let dn = new Float64Array(units);
  let dr: Float64Array;
  if (s.variant) {
    dn = dzg.map((value, u) => value * element(r, u));
    dr = dzg.map((value, u) => value * element(candidate, u));
    addProduct(dhBefore, dn, kernel, candidates);
  } else {
    const dReset = new Float64Array(units);
    addProduct(dReset, dzg, kernel, candidates);
    dr = dReset.map((value, u) => value * element(hBefore, u));
    for (const u of dhBefore.keys()) {
      dhBefore[u] = element(dhBefore, u) + element(dReset, u) * element(r, u);
    }
  }
  const dzr = dr.map((value, u) => value * element(r, u) * (1 - element(r, u)));
  const products = { stride: 3 * units, transposed: true };
  addProduct(dhBefore, Float64Array.from([...dzz, ...dzr]), kernel, products);
  return { dz: Float64Array.from([...dzz, ...dzr, ...dzg]), dn, dh: dhBefore };
}
