// SPDX-License-Identifier: Apache-2.0
import { concat, slice, type Tensor, tensor, tidy } from '@tapeloop/core';
import type { RunState } from '../loop/run-state.ts';
import type { Communicator } from './communicator.ts';
import { gatherValues } from './gather-values.ts';

/**
 * The state of a run that several ranks make together, from what each has of its own: of the tensors
 * that are carried over, the rows of all ranks, and the random streams of each. With rows as
 * `ContiguousBatches` shares them out, it is the state of one process with all the rows. Every rank
 * calls it; every rank gets it.
 *
 * @param own `TrainingRun.state()` of this rank; its tensors are part of the result, or freed.
 */
export async function gatherState(own: RunState, communicator: Communicator): Promise<RunState> {
  if (communicator.size === 1) return own;
  const tensors = new Map(own.tensors);
  for (const [name, part] of own.tensors) {
    if (!isCarried(name)) continue;
    tensors.set(name, await gatherRows(part, communicator));
    part.dispose();
  }
  const [random] = own.random;
  const streams = await gatherValues(communicator, [...(random ?? [])]);
  return { ...own, tensors, random: streams.map((each) => new Map(each)) };
}

/** One rank's share of a state that `gatherState` made, for its `TrainingRun.restore`. */
export function shareOf(
  state: RunState,
  { rank, size }: Pick<Communicator, 'rank' | 'size'>,
): RunState {
  const tensors = [...state.tensors].map(([name, whole]): [string, Tensor] => {
    return [name, isCarried(name) && size > 1 ? rowsOf(whole, rank, size) : whole];
  });
  const random = state.random[rank];
  return { ...state, tensors: new Map(tensors), random: random === undefined ? [] : [random] };
}

const isCarried = (name: string) => name.startsWith('carried/');

async function gatherRows(part: Tensor, communicator: Communicator): Promise<Tensor> {
  const { buffer, byteOffset, byteLength } = part.data();
  const parts = await communicator.allGather(new Uint8Array(buffer, byteOffset, byteLength));
  return tidy(() => {
    return concat(parts.map((bytes) => tensor(new Float32Array(bytes.buffer), part.shape)));
  });
}

function rowsOf(whole: Tensor, rank: number, ranks: number): Tensor {
  const [rows = 0, ...rest] = whole.shape;
  const each = rows / ranks;
  return slice(whole, [rank * each, ...rest.map(() => 0)], [each, ...rest]);
}
