// SPDX-License-Identifier: Apache-2.0
// The kernels of one build, called without tensors: `node tapeloop-kernels.ts relaxed`.
import { type Operation, serve } from '../harness/serve.ts';
import { type MeasuredBuild, prepareProduct, prepareRows } from './kernel-heap.ts';
import type { Workload } from './workload.ts';

const builds: readonly MeasuredBuild[] = ['reference', 'simd', 'relaxed', 'wide'];
const build = builds.find((name) => name === process.argv[2]);
if (build === undefined) throw new Error(`the build must be one of ${builds.join(', ')}.`);

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
