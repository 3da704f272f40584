// SPDX-License-Identifier: Apache-2.0
import {
  availableBuilds,
  hasWideMode,
  type KernelBuild,
  type Kernels,
  loadKernels,
} from '@tapeloop/core/kernels';

/** The builds that can be measured; `wide` is the relaxed one in V8's wide mode. */
export type MeasuredBuild = KernelBuild | 'wide';

/** Kernels in a memory of their own. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Takes so many bytes of it; they are zeros. */
  readonly allocate: (bytes: number) => number;
}

/** Those that run here, but for the scalar reference; the slowest first. */
export function measuredBuilds(): MeasuredBuild[] {
  const builds = availableBuilds().filter((build) => build !== 'reference');
  return [...builds.toReversed(), ...(hasWideMode() ? (['wide'] as const) : [])];
}

/** The build of a name. @throws Error when there is none. */
export function buildNamed(name: string | undefined): MeasuredBuild {
  const builds: readonly MeasuredBuild[] = ['reference', 'simd', 'relaxed', 'wide'];
  const build = builds.find((each) => each === name);
  if (build !== undefined) return build;
  throw new Error(`the build must be one of ${builds.join(', ')}, got ${name}.`);
}

/** Loads the kernels of a build into a new memory. */
export async function startHeap(build: MeasuredBuild): Promise<Heap> {
  const memory = new WebAssembly.Memory({ initial: 16 });
  let top = 1024;
  const allocate = (bytes: number) => {
    const pointer = top;
    top = Math.ceil((top + bytes) / 64) * 64 + 64;
    const missing = top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return pointer;
  };
  const wide = build === 'wide';
  const { kernels } = await loadKernels({
    memory,
    allocate,
    wide,
    build: wide ? 'relaxed' : build,
  });
  return { memory, kernels, allocate };
}
