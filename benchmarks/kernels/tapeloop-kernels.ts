// SPDX-License-Identifier: Apache-2.0
// The kernels of one build, called without tensors: `node tapeloop-kernels.ts relaxed`.
import { type Operation, serve } from '../harness/serve.ts';
import { buildNamed } from './heap.ts';
import { prepareProduct, prepareRows } from './prepare.ts';
import type { Workload } from './workload.ts';

const build = buildNamed(process.argv[2]);

await serve(async (workload: Workload): Promise<Operation> => {
  const { run, outputs } =
    workload.kind === 'product'
      ? await prepareProduct(build, workload)
      : await prepareRows(build, workload.subject);
  run();
  return {
    identity: { name: 'Tapeloop', version: 'this commit', build: `${build} kernel`, threads: 1 },
    step() {
      for (let i = 0; i < workload.repeats; i++) run();
    },
    outputs,
    dispose: () => undefined,
  };
});
