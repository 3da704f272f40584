// SPDX-License-Identifier: Apache-2.0
import { type MeasuredBuild, startHeap } from './heap.ts';
import { type Operands, readOutputs, subjects } from './subjects.ts';
import {
  aValues,
  bValues,
  elements,
  indexValues,
  type ProductWorkload,
  xValues,
  yValues,
} from './workload.ts';

/** A kernel with its operands in a heap of its own. */
export interface Prepared {
  run(): void;
  outputs(places: readonly number[]): number[];
}

/** A product by `gemm`, or by `gemmPacked` on a B that was packed before. */
export async function prepareProduct(
  build: MeasuredBuild,
  workload: ProductWorkload,
): Promise<Prepared> {
  const { m, n, k, packed } = workload;
  const [transA, transB] = [workload.transposeA ? 1 : 0, workload.transposeB ? 1 : 0];
  const [lda, ldb] = [transA ? m : k, transB ? k : n];
  const { memory, allocate, kernels } = await startHeap(build);
  const [a, b, c] = [allocate(4 * m * k), allocate(4 * k * n), allocate(4 * m * n)];
  const workspace = allocate(kernels.gemmWorkspace(transA, transB, m, n, k));
  const panels = allocate(kernels.gemmPackedBytes(n, k));
  new Float32Array(memory.buffer, a).set(aValues(workload));
  new Float32Array(memory.buffer, b).set(bValues(workload));
  kernels.gemmPackB(transB, n, k, b, ldb, panels);
  return {
    run: packed
      ? () => kernels.gemmPacked(transA, m, n, k, a, lda, panels, c, n, 0, 0, 0, workspace)
      : () => kernels.gemm(transA, transB, m, n, k, a, lda, b, ldb, c, n, 0, 0, 0, workspace),
    outputs(places) {
      const values = new Float32Array(memory.buffer, c);
      return places.map((place) => values[place] ?? Number.NaN);
    },
  };
}

/** A kernel of `subjects`. */
export async function prepareRows(build: MeasuredBuild, subject: string): Promise<Prepared> {
  const call = subjects[subject];
  if (call === undefined) throw new Error(`there is no subject ${subject}.`);
  const { memory, allocate, kernels } = await startHeap(build);
  const take = () => allocate(4 * elements);
  const operands: Operands = {
    x: take(),
    y: take(),
    indices: take(),
    out: take(),
    out2: take(),
    out3: take(),
    out4: take(),
  };
  new Float32Array(memory.buffer, operands.x).set(xValues());
  new Float32Array(memory.buffer, operands.y).set(yValues());
  new Int32Array(memory.buffer, operands.indices).set(indexValues());
  const run = () => call(kernels, operands);
  return {
    run,
    outputs(places) {
      // Some kernels add to what is there.
      new Float32Array(memory.buffer, operands.out).fill(0);
      run();
      return readOutputs(memory.buffer, operands, subject, places);
    },
  };
}
