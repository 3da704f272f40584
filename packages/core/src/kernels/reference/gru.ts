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
 * Gated recurrent unit (Cho et al. 2014), `h = z·hBefore + (1 − z)·g`.
 *
 * Rows of 3·U gates are in Keras's order: update z, reset r, candidate g (Keras: h). Reset after
 * (Keras's default, cuDNN's form): `g = tanh(x + r·n)`, n the candidate's recurrent product and bias.
 * Reset before (the paper's form): `g = tanh(x + (r·hBefore)·R)`, which needs a product between
 * `gruResetGates` and `gruCandidate`.
 */
export interface GruKernels {
  /**
   * Reset after: activates `gates` [rows, 3·U] in place and computes h [rows, U].
   *
   * @param n [rows, U]: the recurrent part of the candidate
   * @param h may be `hBefore`
   */
  gruGates(rows: number, units: number, gates: number, n: number, hBefore: number, h: number): void;
  /**
   * Backward of `gruGates`.
   *
   * @param dy and `dh`: gradients of h that are added; each 0 for none
   * @param dz result [rows, 3·U]: the gradient of the pre-activations; may be `gates`
   * @param dn result [rows, U]: the gradient of n; may be `n`
   * @param dhBefore result [rows, U]: `dh·z`, the part that goes through no product; may be `dh`
   */
  gruGatesGrad(
    rows: number,
    units: number,
    gates: number,
    n: number,
    hBefore: number,
    dy: number,
    dh: number,
    dz: number,
    dn: number,
    dhBefore: number,
  ): void;
  /** Reset before: activates z and r in place and computes `reset = r·hBefore` [rows, U]. */
  gruResetGates(rows: number, units: number, gates: number, hBefore: number, reset: number): void;
  /** Reset before: activates g in place and computes h, which may be `hBefore`. */
  gruCandidate(rows: number, units: number, gates: number, hBefore: number, h: number): void;
  /**
   * Backward of `gruCandidate`: the parts of z and g in `dz` and `dhBefore`, arguments as in
   * `gruGatesGrad`. Leaves the part of r alone.
   */
  gruCandidateGrad(
    rows: number,
    units: number,
    gates: number,
    hBefore: number,
    dy: number,
    dh: number,
    dz: number,
    dhBefore: number,
  ): void;
  /**
   * Backward of `gruResetGates`: the part of r in `dz`, and `dhBefore += dReset·r`.
   *
   * @param dReset [rows, U]: the gradient of `reset`
   */
  gruResetGatesGrad(
    rows: number,
    units: number,
    gates: number,
    hBefore: number,
    dReset: number,
    dz: number,
    dhBefore: number,
  ): void;
}

/** One unit's activated gates. */
export interface GruUnit {
  readonly z: number;
  readonly r: number;
  readonly g: number;
}

/** The new state from update gate, candidate and old state. */
export function mixStates(z: number, g: number, hBefore: number): number {
  return z * hBefore + (1 - z) * g;
}

/** The chain rule through `mixStates` and the activations of z and g. */
export function mixStatesGrad({ z, g }: GruUnit, hBefore: number, dh: number) {
  return {
    z: dh * (hBefore - g) * z * (1 - z),
    g: dh * (1 - z) * (1 - g * g),
    hBefore: dh * z,
  };
}

/** The kernels of `GruKernels` in float64. */
export function createGruReference(memory: WebAssembly.Memory): GruKernels {
  return gruReference(memoryHeap(memory));
}

/** The kernels of `GruKernels` over any heap. */
export function gruReference(heap: ReferenceHeap): GruKernels {
  const gatesAt = (gates: number, row: number, units: number) =>
    readFloats(heap.floats(gates), 3 * row * units, 3 * units);
  const stateAt = (state: number, row: number, units: number) =>
    readFloats(heap.floats(state), row * units, units);
  return {
    gruGates(rows, units, gates, n, hBefore, h) {
      for (let row = 0; row < rows; row++) {
        const values = gatesAt(gates, row, units);
        const [recurrent, before] = [stateAt(n, row, units), stateAt(hBefore, row, units)];
        const state = before.map((hu, u) => {
          const { z, r, g } = unitAt(values, u);
          const unit = { z: sigmoid(z), r: sigmoid(r), g: 0 };
          unit.g = Math.tanh(g + unit.r * element(recurrent, u));
          setUnit(values, u, unit);
          return mixStates(unit.z, unit.g, hu);
        });
        writeFloats(heap.floats(gates), 3 * row * units, values);
        writeFloats(heap.floats(h), row * units, state);
      }
    },
    gruGatesGrad(rows, units, gates, n, hBefore, dy, dh, dz, dn, dhBefore) {
      for (let row = 0; row < rows; row++) {
        const first = row * units;
        const [values, recurrent] = [gatesAt(gates, row, units), stateAt(n, row, units)];
        const before = stateAt(hBefore, row, units);
        const grad = readSum(heap, [dy, dh], first, units);
        const dzRow = new Float64Array(3 * units);
        for (const u of grad.keys()) {
          const unit = unitAt(values, u);
          const d = mixStatesGrad(unit, element(before, u), element(grad, u));
          const r = d.g * element(recurrent, u) * unit.r * (1 - unit.r);
          setUnit(dzRow, u, { z: d.z, r, g: d.g });
          heap.floats(dn).set(first + u, d.g * unit.r);
          heap.floats(dhBefore).set(first + u, d.hBefore);
        }
        writeFloats(heap.floats(dz), 3 * first, dzRow);
      }
    },
    gruResetGates(rows, units, gates, hBefore, reset) {
      for (let row = 0; row < rows; row++) {
        const values = gatesAt(gates, row, units);
        const active = values.subarray(0, 2 * units).map(sigmoid);
        const before = stateAt(hBefore, row, units);
        const product = before.map((hu, u) => element(active, units + u) * hu);
        writeFloats(heap.floats(gates), 3 * row * units, active);
        writeFloats(heap.floats(reset), row * units, product);
      }
    },
    gruCandidate(rows, units, gates, hBefore, h) {
      for (let row = 0; row < rows; row++) {
        const values = gatesAt(gates, row, units);
        const candidate = values.subarray(2 * units).map(Math.tanh);
        const state = stateAt(hBefore, row, units).map((hu, u) =>
          mixStates(element(values, u), element(candidate, u), hu),
        );
        writeFloats(heap.floats(gates), (3 * row + 2) * units, candidate);
        writeFloats(heap.floats(h), row * units, state);
      }
    },
    gruCandidateGrad(rows, units, gates, hBefore, dy, dh, dz, dhBefore) {
      for (let row = 0; row < rows; row++) {
        const first = row * units;
        const [values, before] = [gatesAt(gates, row, units), stateAt(hBefore, row, units)];
        const grad = readSum(heap, [dy, dh], first, units);
        for (const u of grad.keys()) {
          const d = mixStatesGrad(unitAt(values, u), element(before, u), element(grad, u));
          heap.floats(dz).set(3 * first + u, d.z);
          heap.floats(dz).set(3 * first + 2 * units + u, d.g);
          heap.floats(dhBefore).set(first + u, d.hBefore);
        }
      }
    },
    gruResetGatesGrad(rows, units, gates, hBefore, dReset, dz, dhBefore) {
      for (let row = 0; row < rows; row++) {
        const first = row * units;
        const [values, before] = [gatesAt(gates, row, units), stateAt(hBefore, row, units)];
        const state = heap.floats(dhBefore);
        for (const [u, change] of stateAt(dReset, row, units).entries()) {
          const { r } = unitAt(values, u);
          heap.floats(dz).set(3 * first + units + u, change * element(before, u) * r * (1 - r));
          state.set(first + u, state.get(first + u) + change * r);
        }
      }
    },
  };
}

function unitAt(row: Float64Array, u: number): GruUnit {
  const units = row.length / 3;
  return { z: element(row, u), r: element(row, units + u), g: element(row, 2 * units + u) };
}

function setUnit(row: Float64Array, u: number, { z, r, g }: GruUnit): void {
  const units = row.length / 3;
  row[u] = z;
  row[units + u] = r;
  row[2 * units + u] = g;
}
