// SPDX-License-Identifier: Apache-2.0
import { check } from '../check.ts';
import { CommunicatorError } from './communicator-error.ts';

/** The calls that all ranks make together. */
export const callNames = ['allReduce', 'broadcast', 'allGather', 'barrier'] as const;

/** What a rank called, for the others to compare with what they called. */
export interface Call {
  readonly name: (typeof callNames)[number];
  /** Elements of `allReduce`; bytes of `broadcast` and `allGather`. */
  readonly length: number;
  /** Of `broadcast`; else 0. */
  readonly root: number;
}

/** @throws CommunicatorError when rank `rank` has called something else than this one has. */
export function checkSameCall(own: Call, rank: number, call: Call): void {
  if (areSame(call, own)) return;
  throw new CommunicatorError(
    `${own.name}: all ranks must make the same calls in the same order, but rank ${rank} made ` +
      `${show(call)} where this one made ${show(own)}.`,
    rank,
  );
}

/** @throws ValueError when `root` is no rank. */
export function checkRoot(root: number, size: number): void {
  const isRank = Number.isInteger(root) && root >= 0 && root < size;
  check('broadcast', 'root', root, isRank, `a rank in [0, ${size})`);
}

function areSame(a: Call, b: Call): boolean {
  const isSameLength = a.name === 'allGather' || a.length === b.length;
  return a.name === b.name && a.root === b.root && isSameLength;
}

function show({ name, length, root }: Call): string {
  switch (name) {
    case 'allReduce':
      return `an allReduce of ${length} elements`;
    case 'broadcast':
      return `a broadcast of ${length} bytes from rank ${root}`;
    case 'allGather':
      return 'an allGather';
    case 'barrier':
      return 'a barrier';
  }
}
