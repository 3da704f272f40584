// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { hasWideMode } from '@tapeloop/core/kernels';
import { Contestant } from '../harness/contestant.ts';
import { type Effort, interleave, type Measurement } from '../harness/interleave.ts';
import type { Identity } from '../harness/protocol.ts';
import { measuredBuilds } from './heap.ts';
import type { Workload } from './workload.ts';

/** What a result must be at some places. */
export interface Expected {
  readonly places: readonly number[];
  readonly values: readonly number[];
  /** Most error, relative to max(1, |value|). */
  readonly tolerance: number;
}

/** One contestant at one workload. */
export interface Result extends Measurement {
  readonly key: string;
  readonly identity: Identity;
}

/** Contestants of a kernel benchmark, each a process of its own with one thread. */
export class Field {
  readonly #contestants = new Map<string, Contestant<Workload>>();

  /** @param only keys of those that take part; all where it is empty. */
  constructor(only: readonly string[]) {
    for (const [key, [script, argument]] of Object.entries(commands())) {
      if (only.length > 0 && !only.includes(key)) continue;
      const path = fileURLToPath(new URL(script, import.meta.url));
      const args = [path, ...(argument === undefined ? [] : [argument])];
      this.#contestants.set(key, new Contestant({ program: process.execPath, args }));
    }
  }

  get keys(): string[] {
    return [...this.#contestants.keys()];
  }

  /**
   * Times a workload on those contestants that `takes` names. All results are compared first.
   *
   * @throws Error naming a contestant whose result is wrong.
   */
  async measure(
    workload: Workload,
    expected: Expected,
    effort: Effort,
    takes: (key: string) => boolean,
  ): Promise<Result[]> {
    const taking = [...this.#contestants].filter(([key]) => takes(key));
    const identities: Identity[] = [];
    for (const [key, contestant] of taking) {
      identities.push(await contestant.ask({ do: 'prepare', workload }));
      const { values } = await contestant.ask({ do: 'outputs', places: expected.places });
      checkOutputs(key, values, expected);
    }
    const measurements = await interleave(
      taking.map(([, contestant]) => contestant),
      effort,
    );
    return taking.flatMap(([key], i) => {
      const [identity, measurement] = [identities[i], measurements[i]];
      return identity && measurement ? [{ key, identity, ...measurement }] : [];
    });
  }

  async close(): Promise<void> {
    for (const contestant of this.#contestants.values()) await contestant.close();
  }
}

/** Whether a contestant calls kernels without tensors around them. */
export function isBareKernel(key: string): boolean {
  return measuredBuilds().some((build) => build === key);
}

/** Scripts in this folder with their argument. */
function commands(): Record<string, readonly [script: string, argument?: string]> {
  return {
    ...Object.fromEntries(
      measuredBuilds().map((build) => [build, ['tapeloop-kernels.ts', build] as const]),
    ),
    op: ['tapeloop-ops.ts', 'off'],
    ...(hasWideMode() ? { 'op wide': ['tapeloop-ops.ts', 'auto'] as const } : {}),
    'tfjs wasm': ['tfjs.ts', 'wasm'],
    'tfjs cpu': ['tfjs.ts', 'cpu'],
    'jax-js': ['jax-js.ts'],
  };
}

function checkOutputs(key: string, values: readonly number[], expected: Expected): void {
  expected.values.forEach((value, i) => {
    const error = Math.abs((values[i] ?? Number.NaN) - value);
    if (error <= expected.tolerance * Math.max(1, Math.abs(value))) return;
    throw new Error(`${key}: element ${expected.places[i]} must be ${value}, got ${values[i]}.`);
  });
}
