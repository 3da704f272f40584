// SPDX-License-Identifier: Apache-2.0
import { firstWeights, type Workload } from '../training-step/workload.ts';

/** A part of what a training step must hold, in bytes. */
export type Part = readonly [name: string, bytes: number];

const bytesPerElement = 4;

/** Parameters, Adam's two averages of each, and what backward needs of forward, from their shapes alone. */
export function neededBytes(workload: Workload): Part[] {
  const { hidden, batch, time, embedding, vocabulary } = workload;
  const sizes = firstWeights(workload).map(({ values }) => values.length);
  const parameters = sizes.reduce((sum, size) => sum + size, 0);
  const rows = time * batch;
  const states = (time + 1) * batch * hidden;
  const elements: Part[] = [
    ['parameters', parameters],
    ['optimizer state', 2 * parameters],
    ['ids and targets', 2 * rows],
    ['embedded inputs', rows * embedding],
    ['gates of two layers', 2 * rows * 4 * hidden],
    ['h of two layers, which are also the outputs', 2 * states],
    ['c of two layers', 2 * states],
    ['probabilities', rows * vocabulary],
  ];
  return elements.map(([name, count]) => [name, bytesPerElement * count]);
}
