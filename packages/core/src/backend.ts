// SPDX-License-Identifier: Apache-2.0

import { BackendWasm, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { RuntimeError } from './errors.ts';
import type { Kernels } from './kernels/kernels.ts';
import { availableBuilds, type KernelBuild, loadKernels } from './kernels/load.ts';
import { loadWideKernels, type WideKernels } from './kernels/load-wide.ts';
import { attachHeap, type Heap } from './storage.ts';
import { findWasmFiles, WASM_FILE, type WasmPaths } from './wasm-files.ts';

/** Options of `init`. */
export interface InitOptions {
  /**
   * Where tfjs finds its `.wasm` files, as in tfjs's `setWasmPaths`: a folder's URL or path that
   * ends in `/`, or a map from a file's name to its URL, of which `tfjs-backend-wasm-simd.wasm` is
   * enough. Not needed in Node, nor in builds by Vite and webpack, which find the file by themselves.
   */
  readonly wasmPaths?: WasmPaths;
  /**
   * Which build of the kernels to run. `auto` takes the fastest that the runtime has: `relaxed`
   * (SIMD with fused multiply-add), else `simd`. `reference` is scalar TypeScript, for runtimes
   * without SIMD and for tests.
   */
  readonly kernels?: KernelBuild | 'auto';
  /**
   * `auto` compiles the `relaxed` kernels in V8's wide mode, up to twice as fast, where the runtime
   * has it: Node 24 or later on x64 processors with AVX2. Elsewhere, and with another build, nothing
   * changes. The mode is experimental, so `init` first runs every kernel against its reference
   * (100 ms); when one is wrong it takes the normal mode and says so once. Default `off`.
   */
  readonly wide?: 'off' | 'auto';
  /** Takes the one line that says why wide mode was refused. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

/** What `init` found and chose. */
export interface RuntimeInfo {
  /** The build of the kernels that runs. */
  readonly kernels: KernelBuild;
  /** Whether it runs in V8's wide mode. */
  readonly wide: boolean;
  /** The version of tfjs that holds the memory. */
  readonly tfjs: string;
}

/**
 * The part of tfjs's WASM backend that Tapeloop builds on, in types of its own: tfjs's declarations
 * do not pass a check of libraries, and ours must.
 */
export interface WasmBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    readonly wasmMemory?: WebAssembly.Memory;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
}

interface Runtime {
  readonly backend: WasmBackend;
  readonly kernels: Kernels;
  readonly info: RuntimeInfo;
}

/** Where WebAssembly's 32-bit addresses end, less room for the allocator's own growth. */
const ADDRESS_LIMIT = 2 ** 32 - 2 ** 20;
const SUPPORTED_TFJS = /^4\.(2[0-9]|[3-9]\d)\./;

let runtime: Runtime | undefined;
let starting: Promise<RuntimeInfo> | undefined;

/**
 * Starts tfjs's WASM backend and the kernels that work in its memory. Call it once, before the first
 * tensor; later calls return what the first one found.
 *
 * @throws RuntimeError naming what is missing and what to do: WebAssembly SIMD, a supported and
 *   single copy of tfjs, or tfjs's `.wasm` file.
 */
export function init(options: InitOptions = {}): Promise<RuntimeInfo> {
  starting ??= start(options).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

/** tfjs's WASM backend. @throws RuntimeError before `init()` has finished. */
export function backend(): WasmBackend {
  return started().backend;
}

/** The kernels. @throws RuntimeError before `init()` has finished. */
export function kernels(): Kernels {
  return started().kernels;
}

/** What `init` found and chose. @throws RuntimeError before it has finished. */
export function runtimeInfo(): RuntimeInfo {
  return started().info;
}

function started(): Runtime {
  if (runtime === undefined) {
    throw new RuntimeError(
      'tapeloop: no backend is ready. Write `await init()` once, before the first tensor.',
    );
  }
  return runtime;
}

async function start(options: InitOptions): Promise<RuntimeInfo> {
  const { wasmPaths, kernels: build = 'auto' } = options;
  await checkVersions();
  if (build !== 'reference' && availableBuilds()[0] === 'reference') {
    throw new RuntimeError((await startProblems()).noSimd());
  }
  const wasm = await startTfjs(wasmPaths);
  const heap = heapOf(wasm);
  const { kernels, ...chosen } = await chooseKernels(memoryOf(wasm), heap, options);
  attachHeap(heap);
  const info: RuntimeInfo = { kernels: chosen.build, wide: chosen.wide, tfjs: tf.version_core };
  runtime = { backend: wasm, kernels, info };
  return info;
}

async function chooseKernels(
  memory: WebAssembly.Memory,
  heap: Heap,
  { kernels: build = 'auto', wide = 'off', onWarning = printWarning }: InitOptions,
) {
  if (wide === 'auto' && (build === 'auto' || build === 'relaxed')) {
    const loaded = await findWideKernels(memory, heap);
    if (loaded !== undefined) {
      if ('kernels' in loaded) return { ...loaded, build: 'relaxed', wide: true } as const;
      onWarning(loaded.refused);
    }
  }
  const allocate = (bytes: number) => heap.allocate(bytes);
  return { ...(await loadKernels({ memory, allocate, build })), wide: false };
}

/** `undefined` where the runtime has no wide mode. */
async function findWideKernels(
  memory: WebAssembly.Memory,
  heap: Heap,
): Promise<WideKernels | undefined> {
  const { hasWideMode } = await import('./kernels/wide.ts');
  if (!hasWideMode()) return undefined;
  return loadWideKernels(memory, heap);
}

function printWarning(message: string): void {
  // biome-ignore lint/suspicious/noConsole: the one line that the library prints; `onWarning` takes it elsewhere.
  console.warn(message);
}

async function checkVersions(): Promise<void> {
  for (const [name, version] of [
    ['@tensorflow/tfjs-core', tf.version_core],
    ['@tensorflow/tfjs-backend-wasm', version_wasm],
  ] as const) {
    if (!SUPPORTED_TFJS.test(version)) {
      throw new RuntimeError((await startProblems()).unsupportedVersion(name, version));
    }
  }
  if (tf.version_core !== version_wasm) {
    throw new RuntimeError(
      (await startProblems()).differentVersions(tf.version_core, version_wasm),
    );
  }
}

async function startTfjs(wasmPaths: InitOptions['wasmPaths']): Promise<WasmBackend> {
  if (tf.engine().registry['wasm'] === undefined) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    const paths = await findWasmFiles(wasmPaths);
    if (paths !== undefined) setWasmPaths(paths);
  }
  const ready = await tf.setBackend('wasm').catch(() => false);
  if (!ready) throw new RuntimeError((await startProblems()).noBackend(WASM_FILE));
  const found: unknown = tf.backend();
  if (!isOurBackend(found)) throw new RuntimeError((await startProblems()).twoCopies());
  return found;
}

/** Loaded on demand: pages that start do not load the advice for those that do not. */
function startProblems(): Promise<typeof import('./start-problems.ts')> {
  return import('./start-problems.ts');
}

/** tfjs shares one engine between copies of itself, so copies show in the classes it makes. */
function isOurBackend(found: unknown): found is WasmBackend {
  const probe = tf.tensor(0);
  const sameCore = probe.constructor === tf.Tensor;
  probe.dispose();
  return sameCore && found instanceof BackendWasm;
}

/** The linear memory of a WASM backend. @throws RuntimeError when it is hidden or shared by threads. */
export function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory {
  const memory = wasm.asm?.memory ?? wasm.wasmMemory;
  if (memory === undefined) {
    throw new RuntimeError(
      `init: cannot reach the memory of @tensorflow/tfjs-backend-wasm ${version_wasm}. ` +
        'Install version 4.22.0.',
    );
  }
  if (!(memory.buffer instanceof ArrayBuffer)) {
    throw new RuntimeError(
      'init: the threaded build of tfjs was already running. Call `await init()` before ' +
        "`tf.setBackend('wasm')`; Tapeloop gets its threads from workers.",
    );
  }
  return memory;
}

/** The memory of a WASM backend with its allocator. @throws RuntimeError as `memoryOf`. */
export function heapOf(backend: WasmBackend): Heap {
  const { wasm } = backend;
  const memory = memoryOf(backend);
  return {
    get buffer() {
      return memory.buffer;
    },
    // When growth would pass 4 GiB, tfjs's allocator wraps around and hands out addresses outside the
    // memory instead of failing. Refusing such requests is what keeps its books right.
    allocate: (bytes) =>
      memory.buffer.byteLength + bytes > ADDRESS_LIMIT ? 0 : wasm._malloc(bytes) >>> 0,
    free: (pointer) => wasm._free(pointer),
  };
}
