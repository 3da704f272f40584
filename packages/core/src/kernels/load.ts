// SPDX-License-Identifier: Apache-2.0

import { RuntimeError } from '../errors.ts';
import { constantBytes, fillConstants } from './constants.ts';
import type { Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference/create.ts';
import { compileWide } from './wide.ts';

/** How the kernels were made: WASM with fused multiply-add, plain WASM SIMD, or scalar TypeScript. */
export type KernelBuild = 'relaxed' | 'simd' | 'reference';

/** What `loadKernels` needs to know. */
export interface LoadKernelsOptions {
  /** The heap that the kernels work on, not shared between threads. */
  memory: WebAssembly.Memory;
  /** Takes memory of the heap that stays taken as long as the kernels live; called once, for the constants. */
  allocate: (bytes: number) => number;
  /** The build to load; `auto` takes the fastest that the runtime has. */
  build?: KernelBuild | 'auto';
  /** Compiles in V8's wide mode, unchecked: `init` is what runs each kernel against its reference. */
  wide?: boolean;
}

/** The kernels and the build that they come from. */
export interface LoadedKernels {
  kernels: Kernels;
  build: KernelBuild;
}

/**
 * Instantiates the kernels over a heap.
 *
 * @throws RuntimeError when the build asked for, or its wide mode, does not exist in this runtime
 */
export async function loadKernels(options: LoadKernelsOptions): Promise<LoadedKernels> {
  const { memory, allocate, build = 'auto', wide = false } = options;
  const chosen = build === 'auto' ? fastestBuild() : build;
  const reference = createReferenceKernels(memory);
  if (chosen === 'reference') return { kernels: reference, build: chosen };

  const module = await compileBuild(chosen, wide);
  const pointer = allocate(constantBytes);
  fillConstants(memory, pointer);
  return { kernels: await instantiateKernels(module, memory, pointer, wide), build: chosen };
}

/** The builds that this runtime can run, fastest first. */
export function availableBuilds(): KernelBuild[] {
  const builds: KernelBuild[] = [];
  if (WebAssembly.validate(relaxedProbe)) builds.push('relaxed');
  if (WebAssembly.validate(simdProbe)) builds.push('simd');
  return [...builds, 'reference'];
}

/** The bytes of a kernel module. */
export async function kernelBytes(build: 'relaxed' | 'simd'): Promise<Uint8Array<ArrayBuffer>> {
  const { gzippedWasmBase64 } =
    build === 'relaxed'
      ? await import('./generated/relaxed.ts')
      : await import('./generated/simd.ts');
  const gzipped = Uint8Array.from(atob(gzippedWasmBase64), (character) => character.charCodeAt(0));
  const bytes = new Blob([gzipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

/** Compiles a kernel module, in wide mode where asked. */
export async function compileBuild(
  build: 'relaxed' | 'simd',
  wide: boolean,
): Promise<WebAssembly.Module> {
  if (!availableBuilds().includes(build)) {
    throw new RuntimeError(
      `loadKernels: build must be one that this runtime has (${availableBuilds().join(', ')}), got ${build}. ` +
        `Ask for 'auto' to take the fastest.`,
    );
  }
  const bytes = await kernelBytes(build);
  return wide ? compileWide(bytes) : WebAssembly.compile(bytes);
}

/** Links a compiled kernel module to a heap whose table of constants lies at `constantsPointer`. */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  constantsPointer: number,
  wide: boolean,
): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return kernelsOf(instance, memory, constantsPointer, wide);
}

/** `loadKernels` for a module compiled before, at once: for a second heap. */
export function linkKernels(
  module: WebAssembly.Module,
  { memory, allocate }: Pick<LoadKernelsOptions, 'memory' | 'allocate'>,
): Kernels {
  const pointer = allocate(constantBytes);
  fillConstants(memory, pointer);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return kernelsOf(instance, memory, pointer, false);
}

function kernelsOf(
  { exports }: WebAssembly.Instance,
  memory: WebAssembly.Memory,
  constantsPointer: number,
  wide: boolean,
): Kernels {
  const names = [...Object.keys(createReferenceKernels(memory)), 'configure'];
  if (!hasFunctions<KernelExports>(exports, names)) {
    const missing = names.filter((name) => typeof exports[name] !== 'function');
    throw new RuntimeError(
      `loadKernels: the module must export ${missing.join(', ')}. Run build-kernels again.`,
    );
  }
  exports.configure(constantsPointer, wide ? 1 : 0);
  return exports;
}

interface KernelExports extends Kernels {
  configure(constantsPointer: number, wide: number): void;
}

function hasFunctions<T>(exports: object, names: readonly string[]): exports is object & T {
  return names.every((name) => typeof Reflect.get(exports, name) === 'function');
}

function fastestBuild(): KernelBuild {
  return availableBuilds()[0] ?? 'reference';
}

// (func (drop (i32x4.splat (i32.const 0)))) in a module of its own.
const simdProbe = moduleOf([0x41, 0x00, 0xfd, 0x11, 0x1a]);
// (func (drop (f32x4.relaxed_madd (splat 0) (splat 0) (splat 0)))).
const relaxedProbe = moduleOf([
  0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0xfd, 0x85, 0x02, 0x1a,
]);

function moduleOf(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
  return new Uint8Array([...header, 10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b]);
}
