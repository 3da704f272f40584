// SPDX-License-Identifier: Apache-2.0
import { serve, type Trainer } from '../harness/serve.ts';
import { firstValues, type Workload } from './workload.ts';

/** A plain copy of one array of all elements in WebAssembly memory: what the machine can move. */
async function prepare({ tensors, size }: Workload): Promise<Trainer> {
  const count = tensors * size;
  const bytes = count * Float32Array.BYTES_PER_ELEMENT;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / 2 ** 16) });
  const from = new Float32Array(memory.buffer, 0, count);
  const to = new Float32Array(memory.buffer, bytes, count);
  from.set(firstValues(0, count));
  return {
    identity: { name: 'copy', version: process.version, build: 'TypedArray.set', threads: 1 },
    step() {
      to.set(from);
      return to[count - 1] ?? Number.NaN;
    },
    dispose: () => undefined,
  };
}

await serve(prepare);
