// SPDX-License-Identifier: Apache-2.0

import {
  element,
  memoryHeap,
  type ReferenceHeap,
  readFloats,
  readSum,
  writeFloats,
} from './heap.ts';
import { sigmoid } from './unary.ts';

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
 *
 * Rows of 4·U gates are in Keras's order: input i, forget f, candidate g (Keras: c), output o.
 */
export interface LstmKernels {
  /**
   * One step after its products. Activates `z` [rows, 4·U] in place: `i, f, o = sigmoid(z)`,
   * `g = tanh(z)`; then `c = f·cBefore + i·g`, `h = o·tanh(c)`, all [rows, U].
   *
   * @param c may be `cBefore`
   */
  lstmGates(rows: number, units: number, z: number, cBefore: number, c: number, h: number): void;
  /**
   * Backward of `lstmGates`, from the activated gates and cBefore alone.
   *
   * @param dy and `dh`: gradients of h that are added; each 0 for none
   * @param dc gradient of c; 0 for none
   * @param dz result [rows, 4·U]: the gradient of the pre-activations; may be `gates`
   * @param dcBefore result [rows, U]; may be `dc`
   */
  lstmGatesGrad(
    rows: number,
    units: number,
    gates: number,
    cBefore: number,
    dy: number,
    dh: number,
    dc: number,
    dz: number,
    dcBefore: number,
  ): void;
}

/** One unit's activated gates. */
export interface LstmUnit {
  readonly i: number;
  readonly f: number;
  readonly g: number;
  readonly o: number;
}

/** The equations of one unit: activated gates, cell state and output. */
export function lstmUnit(
  z: LstmUnit,
  cBefore: number,
): LstmUnit & { readonly c: number; readonly h: number } {
  const [i, f, g, o] = [sigmoid(z.i), sigmoid(z.f), Math.tanh(z.g), sigmoid(z.o)];
  const c = f * cBefore + i * g;
  return { i, f, g, o, c, h: o * Math.tanh(c) };
}

/** The chain rule through `lstmUnit`, from its activated gates. */
export function lstmUnitGrad(
  { i, f, g, o }: LstmUnit,
  cBefore: number,
  dh: number,
  dc: number,
): LstmUnit & { readonly cBefore: number } {
  const t = Math.tanh(f * cBefore + i * g);
  const dcTotal = dc + dh * o * (1 - t * t);
  return {
    i: dcTotal * g * i * (1 - i),
    f: dcTotal * cBefore * f * (1 - f),
    g: dcTotal * i * (1 - g * g),
    o: dh * t * o * (1 - o),
    cBefore: dcTotal * f,
  };
}

/** The kernels of `LstmKernels`, row by row in float64. */
export function createLstmReference(memory: WebAssembly.Memory): LstmKernels {
  return lstmReference(memoryHeap(memory));
}

/** The kernels of `LstmKernels` over any heap. */
export function lstmReference(heap: ReferenceHeap): LstmKernels {
  return {
    lstmGates(rows, units, z, cBefore, c, h) {
      const [gates, before] = [heap.floats(z), heap.floats(cBefore)];
      const [cells, outputs] = [heap.floats(c), heap.floats(h)];
      for (let row = 0; row < rows; row++) {
        const first = row * units;
        const step = activateLstm(
          readFloats(gates, 4 * first, 4 * units),
          readFloats(before, first, units),
        );
        writeFloats(gates, 4 * first, step.gates);
        writeFloats(cells, first, step.c);
        writeFloats(outputs, first, step.h);
      }
    },
    lstmGatesGrad(rows, units, gates, cBefore, dy, dh, dc, dz, dcBefore) {
      for (let row = 0; row < rows; row++) {
        const first = row * units;
        const grads = activateLstmGrad(
          readFloats(heap.floats(gates), 4 * first, 4 * units),
          readFloats(heap.floats(cBefore), first, units),
          readSum(heap, [dy, dh], first, units),
          readSum(heap, [dc], first, units),
        );
        writeFloats(heap.floats(dz), 4 * first, grads.dz);
        writeFloats(heap.floats(dcBefore), first, grads.dc);
      }
    },
  };
}

/** A row's activated gates, cell state and output. */
export function activateLstm(z: Float64Array, cBefore: Float64Array) {
  const gates = new Float64Array(z.length);
  const [c, h] = [new Float64Array(cBefore.length), new Float64Array(cBefore.length)];
  for (const u of cBefore.keys()) {
    const unit = lstmUnit(unitAt(z, u), element(cBefore, u));
    setUnit(gates, u, unit);
    c[u] = unit.c;
    h[u] = unit.h;
  }
  return { gates, c, h };
}

/** The chain rule through `activateLstm`, from its gates. */
export function activateLstmGrad(
  gates: Float64Array,
  cBefore: Float64Array,
  dh: Float64Array,
  dcAfter: Float64Array,
) {
  const dz = new Float64Array(gates.length);
  const dc = new Float64Array(cBefore.length);
  for (const u of cBefore.keys()) {
    const grads = lstmUnitGrad(
      unitAt(gates, u),
      element(cBefore, u),
      element(dh, u),
      element(dcAfter, u),
    );
    setUnit(dz, u, grads);
    dc[u] = grads.cBefore;
  }
  return { dz, dc };
}

function unitAt(row: Float64Array, u: number): LstmUnit {
  const units = row.length / 4;
  return {
    i: element(row, u),
    f: element(row, units + u),
    g: element(row, 2 * units + u),
    o: element(row, 3 * units + u),
  };
}

function setUnit(row: Float64Array, u: number, { i, f, g, o }: LstmUnit): void {
  const units = row.length / 4;
  row[u] = i;
  row[units + u] = f;
  row[2 * units + u] = g;
  row[3 * units + u] = o;
}
