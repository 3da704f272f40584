// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { availableBuilds, hasWideMode } from '@tapeloop/core/kernels';
import type { Command } from '../harness/contestant.ts';
import { pythonsWith } from '../harness/python.ts';
import type { Workload } from './workload.ts';

/** Who takes part in the benchmark of training steps. */
export type Key =
  | 'relaxed'
  | 'simd'
  | 'wide'
  | 'tfjs-layers'
  | 'tfjs-accelerated'
  | 'tfjs-cpu'
  | 'jax-js'
  | 'pytorch-system'
  | 'pytorch-pip';

/** Beyond these hidden units a step takes too long to be waited for. */
const mostUnits: Partial<Record<Key, number>> = {
  'tfjs-cpu': 128,
  'tfjs-layers': 256,
};

/** Those that this machine can run, Tapeloop's builds first. @param pythons more places to look for PyTorch */
export function commands(pythons: readonly string[]): Map<Key, Command> {
  const builds = availableBuilds();
  const found = new Map<Key, Command>();
  for (const build of ['relaxed', 'simd'] as const) {
    if (builds.includes(build)) found.set(build, node('tapeloop.ts', build));
  }
  if (hasWideMode()) found.set('wide', node('tapeloop.ts', 'wide'));
  found.set('tfjs-layers', node('tfjs-layers.ts', 'wasm'));
  found.set('tfjs-accelerated', node('tfjs-layers.ts', 'accelerated'));
  found.set('tfjs-cpu', node('tfjs-layers.ts', 'cpu'));
  found.set('jax-js', node('jax-js.ts'));
  const env = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  for (const { program, origin } of pythonsWith('torch', pythons)) {
    const key = `pytorch-${origin}` as const;
    if (!found.has(key)) found.set(key, { program, args: [script('pytorch.py')], env });
  }
  return found;
}

/** Whether a contestant runs a workload. */
export function takesPart(key: Key, { hidden }: Workload): boolean {
  return hidden <= (mostUnits[key] ?? Number.POSITIVE_INFINITY);
}

function node(name: string, ...args: string[]): Command {
  return { program: process.execPath, args: [script(name), ...args] };
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
