// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from './errors.ts';

/** A folder that ends in `/`, or each of tfjs's wasm file names with its URL. */
export type WasmPaths = string | Record<string, string>;

/** The build of tfjs that Tapeloop starts: SIMD, one thread. */
const FILE = 'tfjs-backend-wasm-simd.wasm';

/** tfjs refuses a map that does not name all of its builds, though it loads only one. */
const OTHER_FILES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

/** What to write when no bundler put tfjs's file beside the page. */
export const wasmFileAdvice =
  `Let your bundler copy it: \`import simd from '@tensorflow/tfjs-backend-wasm/dist/${FILE}'\` ` +
  `(in Vite with \`?url\` at the end of the path, in esbuild with \`--loader:.wasm=file\`), then ` +
  `\`await init({ wasmPaths: { '${FILE}': simd } })\`. Or serve the files of tfjs-backend-wasm's ` +
  "dist folder: `await init({ wasmPaths: '/path/to/' })`.";

/**
 * The paths to give to tfjs: the user's, else what a bundler made of tfjs's file. `undefined` leaves
 * tfjs to look by itself, as it does in Node.
 *
 * @throws RuntimeError when the user's path is wrong, as `checkWasmFiles`.
 */
export async function findWasmFiles(paths: WasmPaths | undefined): Promise<WasmPaths | undefined> {
  if (paths === undefined) return bundledFile();
  await checkWasmFiles(paths);
  return typeof paths === 'string' ? paths : completeMap(paths[FILE] ?? '', paths);
}

/** `undefined` where no bundler has put the file into place. */
async function bundledFile(): Promise<WasmPaths | undefined> {
  if (nodeFs() !== undefined) return undefined;
  try {
    const map = bundledMap();
    await checkWasmFiles(map);
    return map;
  } catch {
    return undefined;
  }
}

/**
 * Vite and webpack read this form of `new URL`, copy the file and put its address here. Others leave
 * it as it is: a file that is not there, or a TypeError without `import.meta.url`.
 */
function bundledMap(): Record<string, string> {
  const url = new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  );
  return completeMap(url.href);
}

function completeMap(file: string, paths: Record<string, string> = {}): Record<string, string> {
  const others = Object.fromEntries(OTHER_FILES.map((name) => [name, file]));
  return { ...others, [FILE]: file, ...paths };
}

/**
 * Looks at tfjs's `.wasm` file before tfjs does: its own report of a wrong path is a compile error.
 *
 * @throws RuntimeError when the file is missing, or something else (a web page) comes in its place.
 */
async function checkWasmFiles(paths: WasmPaths): Promise<void> {
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
