// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from './errors.ts';

/** A folder that ends in `/`, or each of tfjs's wasm file names with its URL. */
export type WasmPaths = string | Record<string, string>;

/** The build of tfjs that Tapeloop starts: SIMD, one thread. */
const FILE = 'tfjs-backend-wasm-simd.wasm';

/**
 * Looks at tfjs's `.wasm` file before tfjs does: its own report of a wrong path is a compile error.
 *
 * @throws RuntimeError when the file is missing, or something else (a web page) comes in its place.
 */
export async function checkWasmFiles(paths: WasmPaths): Promise<void> {
  const location = typeof paths === 'string' ? paths + FILE : paths[FILE];
  const advice = `Copy it from node_modules/@tensorflow/tfjs-backend-wasm/dist, and let wasmPaths name its folder (ending in "/").`;
  if (location === undefined) {
    throw new RuntimeError(`init: wasmPaths must have an entry for ${FILE}, got none. ${advice}`);
  }
  const bytes = await readStart(location).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeError(`init: ${FILE} was not found at ${location} (${reason}). ${advice}`);
  });
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith('\0asm')) return;
  const received = /^\s*</.test(text)
    ? 'an HTML page: the server answers a missing file with a page'
    : 'other bytes';
  throw new RuntimeError(`init: ${location} must be ${FILE}, got ${received}. ${advice}`);
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
