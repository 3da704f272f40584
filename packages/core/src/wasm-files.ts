// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from './errors.ts';

/** A folder that ends in `/`, or each of tfjs's wasm file names with its URL. */
export type WasmPaths = string | Record<string, string>;

/** The build of tfjs that Tapeloop starts: SIMD, one thread. */
export const WASM_FILE = 'tfjs-backend-wasm-simd.wasm';

/** tfjs refuses a map that does not name all of its builds, though it loads only one. */
const OTHER_FILES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

/**
 * The paths to give to tfjs: the user's, else what a bundler made of tfjs's file. `undefined` leaves
 * tfjs to look by itself, as it does in Node.
 *
 * @throws RuntimeError when the user's paths do not name the file, it is missing, or something else
 *   (a web page) comes in its place.
 */
export async function findWasmFiles(paths: WasmPaths | undefined): Promise<WasmPaths | undefined> {
  if (paths === undefined) return bundledFile();
  const location = typeof paths === 'string' ? paths + WASM_FILE : paths[WASM_FILE];
  const contents = location === undefined ? undefined : await contentsOf(location);
  if (contents !== 'wasm') {
    const { wrongWasmFile } = await import('./start-problems.ts');
    throw new RuntimeError(wrongWasmFile(WASM_FILE, location, contents));
  }
  return typeof paths === 'string' ? paths : completeMap(paths[WASM_FILE] ?? '', paths);
}

/** `undefined` where no bundler has put the file into place. */
async function bundledFile(): Promise<WasmPaths | undefined> {
  if (nodeFs() !== undefined) return undefined;
  try {
    const { href } = bundledUrl();
    for (const file of [href, besideThisPackage(href)]) {
      if ((await contentsOf(file)) === 'wasm') return completeMap(file);
    }
  } catch {
    // A bundler that knows no `import.meta.url`.
  }
  return undefined;
}

/**
 * Vite and webpack read this form of `new URL`, copy the file and put its address here. Others leave
 * it as it is: a file that is not there, or a TypeError without `import.meta.url`.
 */
function bundledUrl(): URL {
  return new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url);
}

/** Vite's development server takes the package's name in the URL for a folder below this module's. */
function besideThisPackage(href: string): string {
  return href.replace('/@tapeloop/core/dist/@tensorflow/', '/@tensorflow/');
}

function completeMap(file: string, paths: Record<string, string> = {}): Record<string, string> {
  const others = Object.fromEntries(OTHER_FILES.map((name) => [name, file]));
  return { ...others, [WASM_FILE]: file, ...paths };
}

/** What is at an address: tfjs's file, a web page, other bytes, or why nothing could be read. */
export type Contents = 'wasm' | 'page' | 'bytes' | { readonly reason: string };

/** Looks at tfjs's `.wasm` file before tfjs does: its own report of a wrong path is a compile error. */
async function contentsOf(location: string): Promise<Contents> {
  try {
    const text = new TextDecoder().decode(await readStart(location));
    if (text.startsWith('\0asm')) return 'wasm';
    return /^\s*</.test(text) ? 'page' : 'bytes';
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

async function readStart(location: string): Promise<Uint8Array> {
  const fs = nodeFs();
  if (fs !== undefined && !/^https?:/.test(location)) {
    return (await fs.promises.readFile(location)).subarray(0, 64);
  }
  const response = await fetch(location, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer()).subarray(0, 64);
}

interface FileSystem {
  readonly promises: { readFile(path: string): Promise<Uint8Array> };
}

function nodeFs(): FileSystem | undefined {
  const host: typeof globalThis & { process?: { getBuiltinModule?: (id: string) => unknown } } =
    globalThis;
  const fs = host.process?.getBuiltinModule?.('node:fs');
  return typeof fs === 'object' && fs !== null && 'promises' in fs ? (fs as FileSystem) : undefined;
}
