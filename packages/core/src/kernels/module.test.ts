// SPDX-License-Identifier: Apache-2.0

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { kernelBytes, loadKernels } from './load.ts';
import { createReferenceKernels } from './reference/create.ts';

const dataSection = 11;
const dataCountSection = 12;

describe.each(['simd', 'relaxed'] as const)('the %s module', (build) => {
  test('has no data section, which would overwrite the heap that it imports', async () => {
    const sections = sectionIds(await kernelBytes(build));
    expect(sections).toContain(10);
    expect(sections).not.toContain(dataSection);
    expect(sections).not.toContain(dataCountSection);
  });

  test('has no start function, which would run before the heap is ready', async () => {
    expect(sectionIds(await kernelBytes(build))).not.toContain(8);
  });

  test('imports the memory and nothing else', async () => {
    const module = await WebAssembly.compile(await kernelBytes(build));
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
  });

  test('exports exactly the kernels of the reference', async () => {
    const module = await WebAssembly.compile(await kernelBytes(build));
    const exported = WebAssembly.Module.exports(module).flatMap(({ name, kind }) =>
      kind === 'function' ? [name] : [],
    );
    const memory = new WebAssembly.Memory({ initial: 1 });
    expect(exported.toSorted()).toEqual(
      ['configure', ...Object.keys(createReferenceKernels(memory))].toSorted(),
    );
  });

  test('leaves every byte of the heap as it was, apart from the constants', async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    new Uint8Array(memory.buffer).fill(0xa5);
    let constants = { pointer: 0, bytes: 0 };
    const allocate = (bytes: number) => {
      constants = { pointer: 4096, bytes };
      return constants.pointer;
    };
    await loadKernels({ memory, allocate, build });
    const heap = new Uint8Array(memory.buffer);
    const changed = [...heap.keys()].filter((at) => heap[at] !== 0xa5);
    const outside = changed.filter(
      (at) => at < constants.pointer || at >= constants.pointer + constants.bytes,
    );
    expect(outside).toEqual([]);
  });
});

test('both modules together take at most 60 kB gzipped', async () => {
  const sizes = [await kernelBytes('simd'), await kernelBytes('relaxed')].map(
    (bytes) => gzipSync(bytes).length,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
});

test('loading falls back on the reference without allocating', async () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const allocate = () => {
    throw new Error('the reference needs no constants');
  };
  const { kernels, build } = await loadKernels({ memory, allocate, build: 'reference' });
  expect(build).toBe('reference');
  expect(kernels.gemmPackedBytes(3, 2)).toBe(24);
});

function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < bytes.length) {
    ids.push(bytes[at] ?? 0);
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = bytes[++at] ?? 0;
      size |= (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    at += 1 + size;
  }
  return ids;
}
