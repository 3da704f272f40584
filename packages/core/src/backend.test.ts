// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { init as Init } from './backend.ts';

const DIST = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapeloop-'));
  await writeFile(join(folder, 'tfjs-backend-wasm-simd.wasm'), '<!doctype html><title>404</title>');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The module with a state of its own, as a fresh program has it. */
async function freshInit(): Promise<typeof Init> {
  vi.resetModules();
  return (await import('./backend.ts')).init;
}

describe('init() explains what is wrong', () => {
  test('before it has run', async () => {
    vi.resetModules();
    const { tensor } = await import('./create.ts');
    expect(() => tensor([1])).toThrow('Write `await init()` once, before the first tensor.');
  });

  test('a wasm file that is not there', async () => {
    const init = await freshInit();
    await expect(init({ wasmPaths: `${folder}/nowhere/` })).rejects.toThrow(
      /tfjs-backend-wasm-simd.wasm was not found at .*nowhere.*Copy it from/,
    );
  });

  test('a web page in place of the wasm file', async () => {
    const init = await freshInit();
    await expect(init({ wasmPaths: `${folder}/` })).rejects.toThrow(
      'got an HTML page: the server answers a missing file with a page',
    );
  });

  test('a map of files without the one that is needed', async () => {
    const init = await freshInit();
    await expect(init({ wasmPaths: { 'tfjs-backend-wasm.wasm': 'x' } })).rejects.toThrow(
      'wasmPaths must have an entry for tfjs-backend-wasm-simd.wasm, got none',
    );
  });

  test('a tfjs of another version', async () => {
    vi.doMock('@tensorflow/tfjs-core', async (original) => ({
      ...(await original<object>()),
      version_core: '3.21.0',
    }));
    const init = await freshInit();
    await expect(init()).rejects.toThrow(
      '@tensorflow/tfjs-core must be version 4.20 or later of 4.x, got 3.21.0',
    );
    vi.doUnmock('@tensorflow/tfjs-core');
  });

  test('a runtime without SIMD', async () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    const init = await freshInit();
    await expect(init()).rejects.toThrow('this runtime has no WebAssembly SIMD');
    validate.mockRestore();
  });
});

// From here on tfjs is running in this process.
describe('init() starts', () => {
  test('after a failure, from a folder, once', async () => {
    const init = await freshInit();
    await expect(init({ wasmPaths: `${folder}/` })).rejects.toThrow();
    const info = await init({ wasmPaths: `${DIST}/` });
    expect(info.tfjs).toBe('4.22.0');
    expect(info.kernels).toBe('relaxed');
    expect(await init({ kernels: 'reference' })).toBe(info);
  });
});

test('init() notices two copies of tfjs', async () => {
  vi.doMock('@tensorflow/tfjs-core', async (original) => ({
    ...(await original<object>()),
    Tensor: class Tensor {},
  }));
  const init = await freshInit();
  await expect(init()).rejects.toThrow('init: two copies of tfjs are loaded');
  vi.doUnmock('@tensorflow/tfjs-core');
});

describe('init() runs the build that is asked for', () => {
  test.each(['simd', 'reference'] as const)('%s', async (kernels) => {
    const init = await freshInit();
    expect((await init({ kernels })).kernels).toBe(kernels);
  });
});
