// SPDX-License-Identifier: Apache-2.0

import { RuntimeError } from '../errors.ts';
import type { Kernels } from './kernels.ts';

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
  if (chosen === 'reference') {
    const link = await kernelLinker(chosen);
    return { kernels: link({ memory, allocate }), build: chosen };
  }
  const module = await compileBuild(chosen, wide);
  const pointer = allocate(constantsOf(module).length);
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
  if (!wide) return WebAssembly.compile(bytes);
  const { compileWide } = await import('./wide.ts');
  const module = compileWide(bytes);
  if (module !== undefined) return module;
  throw new RuntimeError(
    'loadKernels: the runtime must be Node 24 or later on x64 for wide mode. Load without wide.',
  );
}

/** The table of constants that a module's kernels read from the heap; a section of the module carries it. */
export function constantsOf(module: WebAssembly.Module): Uint8Array {
  const [table] = WebAssembly.Module.customSections(module, 'constants');
  if (table === undefined) throw noKernels();
  return new Uint8Array(table);
}

/** Links a compiled kernel module to a heap and puts its table of constants at `constantsPointer` there. */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  constantsPointer: number,
  wide: boolean,
): Promise<Kernels> {
  putConstants(module, memory, constantsPointer);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return kernelsOf(instance, constantsPointer, wide);
}

/** Makes a build's kernels over a heap, at once. */
export type KernelLinker = (heap: Pick<LoadKernelsOptions, 'memory' | 'allocate'>) => Kernels;

/** Loads and compiles a build for heaps that come later. */
export async function kernelLinker(build: KernelBuild): Promise<KernelLinker> {
  if (build === 'reference') {
    const { createReferenceKernels } = await import('./reference/create.ts');
    return ({ memory }) => createReferenceKernels(memory);
  }
  const module = await compileBuild(build, false);
  return ({ memory, allocate }) => {
    const pointer = allocate(constantsOf(module).length);
    putConstants(module, memory, pointer);
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    return kernelsOf(instance, pointer, false);
  };
}

function putConstants(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  pointer: number,
): void {
  new Uint8Array(memory.buffer).set(constantsOf(module), pointer);
}

function kernelsOf(
  { exports }: WebAssembly.Instance,
  constantsPointer: number,
  wide: boolean,
): Kernels {
  if (!isKernelExports(exports)) throw noKernels();
  exports.configure(constantsPointer, wide ? 1 : 0);
  return exports;
}

interface KernelExports extends Kernels {
  configure(constantsPointer: number, wide: number): void;
}

/** That such a module has every kernel is what a test of each build proves. */
function isKernelExports(exports: object): exports is KernelExports {
  return 'configure' in exports;
}

function noKernels(): RuntimeError {
  return new RuntimeError('loadKernels: the module must be one of Tapeloop. Run build-kernels.');
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
