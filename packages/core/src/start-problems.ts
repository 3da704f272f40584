// SPDX-License-Identifier: Apache-2.0
// What keeps `init` from starting, and what to do. Loaded only then.

import type { Contents } from './wasm-files.ts';

/** The runtime cannot run the kernels. */
export function noSimd(): string {
  return (
    'init: this runtime has no WebAssembly SIMD. Use Node 20 or later or a current browser, or ' +
    "run slowly without it: `await init({ kernels: 'reference' })`."
  );
}

/** A package of tfjs has a version whose insides Tapeloop does not know. */
export function unsupportedVersion(name: string, version: string): string {
  return `init: ${name} must be version 4.20 or later of 4.x, got ${version}. Install 4.22.0.`;
}

/** The two packages of tfjs do not belong together. */
export function differentVersions(core: string, wasm: string): string {
  return (
    `init: tfjs-core ${core} and tfjs-backend-wasm ${wasm} must have the same version. ` +
    'Install 4.22.0 of both.'
  );
}

/** tfjs's backend did not start: no bundler put its file beside the page. */
export function noBackend(file: string): string {
  return (
    'init: @tensorflow/tfjs-backend-wasm did not start, most often because its .wasm file was ' +
    'not found (see the message above). Let your bundler copy it: ' +
    `\`import simd from '@tensorflow/tfjs-backend-wasm/dist/${file}'\` ` +
    '(in Vite with `?url` at the end of the path, in esbuild with `--loader:.wasm=file`), then ' +
    `\`await init({ wasmPaths: { '${file}': simd } })\`. Or serve the files of ` +
    "tfjs-backend-wasm's dist folder: `await init({ wasmPaths: '/path/to/' })`."
  );
}

/** Two copies of tfjs share one engine. */
export function twoCopies(): string {
  return (
    'init: two copies of tfjs are loaded. Make your project resolve @tensorflow/tfjs-core and ' +
    '@tensorflow/tfjs-backend-wasm once each: they are peer dependencies, so install them ' +
    'yourself and deduplicate (`npm ls @tensorflow/tfjs-core` shows who brings which).'
  );
}

/** The file is not where `wasmPaths` says. */
export function wrongWasmFile(
  file: string,
  location: string | undefined,
  contents: Exclude<Contents, 'wasm'> | undefined,
): string {
  const advice =
    'Copy it from node_modules/@tensorflow/tfjs-backend-wasm/dist, and let wasmPaths name its ' +
    'folder (ending in "/").';
  if (contents === undefined) {
    return `init: wasmPaths must have an entry for ${file}, got none. ${advice}`;
  }
  if (typeof contents === 'object') {
    return `init: ${file} was not found at ${location} (${contents.reason}). ${advice}`;
  }
  const received =
    contents === 'page'
      ? 'an HTML page: the server answers a missing file with a page'
      : 'other bytes';
  return `init: ${location} must be ${file}, got ${received}. ${advice}`;
}
