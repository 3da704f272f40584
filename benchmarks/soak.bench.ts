// SPDX-License-Identifier: Apache-2.0
// Trains a small model for 10,000 steps with changing sequence lengths and batch sizes. Fails when tensors, their bytes,
// the WebAssembly memory or JavaScript's heap grow.
//
//   node benchmarks/soak.bench.ts [--quick] [--steps 10000]

import { parseArgs } from 'node:util';
import { init } from '@tapeloop/core';
import { describeMachine, machine } from './harness/machine.ts';
import { type Held, soak } from './soak/soak.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, steps: { type: 'string' } },
});
const steps = Number(options.steps ?? (options.quick ? 1000 : 10_000));

console.log(`${describeMachine(machine())}\n`);
const { kernels, wide } = await init({ wide: 'auto' });
const start = performance.now();
const { loss, held, scriptGrowth } = soak({ steps, onProgress: report });
const seconds = (performance.now() - start) / 1000;
console.log(
  `\n${steps} steps in ${seconds.toFixed(0)} s (${kernels} kernels${wide ? ', wide' : ''}): ` +
    `loss ${loss.first.toFixed(3)} to ${loss.last.toFixed(3)}, nothing grew beyond ` +
    `${describe(held)}; JavaScript's heap ${scriptGrowth > 0 ? '+' : ''}${(scriptGrowth / 1000).toFixed(0)} kB ` +
    'in the second half.',
);

function report(step: number, now: Held): void {
  console.log(`step ${String(step).padStart(6)}: ${describe(now)}`);
}

function describe({ tensors, bytes, heapBytes }: Held): string {
  return `${tensors} tensors, ${bytes} bytes, heap ${heapBytes} bytes`;
}
