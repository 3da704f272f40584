// SPDX-License-Identifier: Apache-2.0
// Compiles assembly/index.ts to the two kernel modules (plain SIMD and relaxed SIMD), as .wasm files and as base64 (of
// gzip) in TypeScript, and generates the offsets of the table of constants, which
// a section of each module carries. Files are written only when they change.
//
//   node packages/core/scripts/build-kernels.ts

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipAsync } from '@gfx/zopfli';
import asc from 'assemblyscript/asc';
import { constantOffsets, constantTable } from './constants/table.ts';

const core = join(dirname(fileURLToPath(import.meta.url)), '..');
const licence = '// SPDX-License-Identifier: Apache-2.0\n';
const builds = { simd: ['simd'], relaxed: ['simd', 'relaxed-simd'] };

writeIfChanged('assembly/generated/constants.ts', offsetsSource());
for (const [name, features] of Object.entries(builds)) {
  const wasm = withSection(await compile(features), 'constants', constantTable());
  writeIfChanged(`wasm/tapeloop-${name}.wasm`, wasm);
  // Compressed before base64: gzip takes the fourth part off plain base64, but not the redundancy behind it. Zopfli makes
  // gzip's best, 6 % smaller than zlib's.
  const compressed = await gzipAsync(wasm, {});
  const base64 = Buffer.from(compressed).toString('base64');
  writeIfChanged(
    `src/kernels/generated/${name}.ts`,
    `${licence}export const gzippedWasmBase64 =\n  '${base64}'\n`,
  );
  console.log(`kernels ${name}: ${wasm.length} bytes, ${compressed.length} gzipped`);
}

function offsetsSource(): string {
  const lines = constantOffsets().map(([name, offset]) => {
    const upperSnake = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    return `export const ${upperSnake}: usize = ${offset}\n`;
  });
  return `${licence}export const ZEROS: usize = 0\n${lines.join('')}`;
}

/** A module with a custom section at its end. Lengths are LEB128 numbers. */
function withSection(wasm: Uint8Array, name: string, contents: Uint8Array): Uint8Array {
  const named = [...leb128(name.length), ...Buffer.from(name), ...contents];
  return Uint8Array.from([...wasm, 0, ...leb128(named.length), ...named]);
}

function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
}

async function compile(features: readonly string[]): Promise<Uint8Array> {
  const output = 'module.wasm';
  let wasm: Uint8Array | undefined;
  const options = [
    '--runtime',
    'stub',
    '--importMemory',
    '--initialMemory',
    '0',
    '--memoryBase',
    '0',
    '--noAssert',
  ];
  const optimize = ['-O3', '--converge', '--use', 'abort=', '--disableWarning', '201'];
  const enable = features.flatMap((feature) => ['--enable', feature]);
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      '--baseDir',
      core,
      '--outFile',
      output,
      ...options,
      ...optimize,
      ...enable,
    ],
    {
      readFile: (name, base) => readOrNull(join(base, name)),
      writeFile: (name, contents) => {
        if (name === output && typeof contents !== 'string') wasm = contents;
      },
      listFiles: (folder, base) => readdirSync(join(base, folder)),
    },
  );
  if (error !== null || wasm === undefined) {
    console.error(stderr.toString());
    throw new Error(
      `build-kernels: compiling assembly/index.ts with ${features.join(' and ')} failed. See above.`,
    );
  }
  return wasm;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function writeIfChanged(path: string, contents: string | Uint8Array): void {
  const file = join(core, path);
  const bytes = Buffer.from(contents);
  try {
    if (readFileSync(file).equals(bytes)) return;
  } catch {
    mkdirSync(dirname(file), { recursive: true });
  }
  writeFileSync(file, bytes);
}
