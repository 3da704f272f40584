// SPDX-License-Identifier: Apache-2.0
import type { Identity } from '../harness/protocol.ts';
import type { Key } from './contestants.ts';

/** How many times faster one of Tapeloop's builds shall be than a peer. */
interface Target {
  readonly ours: Key;
  readonly peer: Key;
  /** By hidden units, or one for all sizes; without a number the ratio is reported as it is. */
  readonly times?: number | Readonly<Record<number, number>>;
}

/** The ratios to report, in the order of the table. */
export const targets: readonly Target[] = [
  { ours: 'relaxed', peer: 'tfjs-layers', times: { 128: 15, 256: 12 } },
  { ours: 'simd', peer: 'tfjs-layers', times: 10 },
  { ours: 'wide', peer: 'tfjs-layers', times: { 128: 22, 256: 16 } },
  { ours: 'relaxed', peer: 'jax-js', times: 3 },
  { ours: 'relaxed', peer: 'pytorch-system', times: 1.25 },
  { ours: 'wide', peer: 'pytorch-system', times: { 128: 1.9, 256: 1.8, 512: 1.4 } },
  { ours: 'relaxed', peer: 'pytorch-pip' },
  { ours: 'wide', peer: 'pytorch-pip' },
  { ours: 'relaxed', peer: 'tfjs-accelerated' },
  { ours: 'relaxed', peer: 'tfjs-cpu' },
  { ours: 'tfjs-accelerated', peer: 'tfjs-layers' },
];

/** The ratio to reach at a size; `undefined` where none was set. */
export function timesToReach({ times }: Target, hidden: number): number | undefined {
  return typeof times === 'object' ? times[hidden] : times;
}

/** What the table says of a ratio. */
export function verdict(ratio: number, goal: number | undefined, peer: Identity): string {
  if (goal === undefined) return '';
  if (peer.build.includes('reference BLAS')) return 'does not count: the peer has a slow BLAS';
  return ratio >= goal ? 'reached' : 'MISSED';
}
