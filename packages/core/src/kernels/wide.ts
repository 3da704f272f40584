// SPDX-License-Identifier: Apache-2.0

const wideFlags = ['experimental-wasm-revectorize', 'no-liftoff', 'no-wasm-lazy-compilation'];

/**
 * Compiles a module in V8's wide mode, in which adjacent pairs of 128-bit operations become one of 256 bits.
 *
 * Only V8 on x86-64 with AVX2 has the mode, and only Node lets a program set the flags. The module
 * is compiled at once by the optimizing compiler, before anything else can be compiled with these
 * flags, so a check of a kernel's results checks the code that will run. The mode is experimental:
 * check every kernel against its reference before using it.
 *
 * @returns `undefined` where the runtime has no such mode.
 */
export function compileWide(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  const v8 = nodeV8();
  if (v8 === undefined) return undefined;
  for (const flag of wideFlags) v8.setFlagsFromString(`--${flag}`);
  try {
    return new WebAssembly.Module(withMark(bytes));
  } finally {
    for (const flag of wideFlags) v8.setFlagsFromString(`--${negated(flag)}`);
  }
}

/**
 * Whether `compileWide` works here and is worth it: Node 24 or later on x64, on a processor that has
 * fused multiply-add.
 *
 * No JavaScript can ask for AVX2, and a timing would sometimes be wrong. But nearly all processors
 * have both AVX2 and fused multiply-add or neither, and `relaxed_madd` shows the latter by rounding
 * once. AMD's of 2012 to 2014 have only the latter: wide mode is right on them, only slow.
 */
export function hasWideMode(): boolean {
  return nodeV8() !== undefined && fusesMultiplyAdd();
}

/** Whether the processor computes `a · b + c` with one rounding; needs relaxed SIMD to be true. */
function fusesMultiplyAdd(): boolean {
  if (!WebAssembly.validate(maddModule)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(maddModule));
  const madd = exports['madd'];
  // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24, and the last term is lost when the product is rounded.
  return typeof madd === 'function' && madd(1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11) === 2 ** -24;
}

interface V8Flags {
  setFlagsFromString(flags: string): void;
}

function nodeV8(): V8Flags | undefined {
  const { process }: { process?: NodeProcess } & typeof globalThis = globalThis;
  const version = Number.parseInt(process?.versions?.node ?? '0', 10);
  if (process === undefined || version < 24 || process.arch !== 'x64') return undefined;
  const v8 = process.getBuiltinModule?.('node:v8');
  return isV8(v8) ? v8 : undefined;
}

interface NodeProcess {
  arch?: string;
  versions?: { node?: string };
  getBuiltinModule?: (id: string) => unknown;
}

function isV8(value: unknown): value is V8Flags {
  return typeof value === 'object' && value !== null && 'setFlagsFromString' in value;
}

function negated(flag: string): string {
  return flag.startsWith('no-') ? flag.slice(3) : `no-${flag}`;
}

// (func (export "madd") (param f32 f32 f32) (result f32)
//   (f32x4.extract_lane 0 (f32x4.relaxed_madd (f32x4.splat 0) (f32x4.splat 1) (f32x4.splat 2))))
const maddModule = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 8, 1, 0x60, 3, 0x7d, 0x7d, 0x7d, 1, 0x7d],
  ...[3, 2, 1, 0],
  ...[7, 8, 1, 4, 0x6d, 0x61, 0x64, 0x64, 0, 0],
  ...[10, 22, 1, 20, 0, 0x20, 0, 0xfd, 0x13, 0x20, 1, 0xfd, 0x13, 0x20, 2, 0xfd, 0x13],
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1f, 0, 0x0b],
]);

// V8 keeps compiled code by the bytes it came from: without a custom section of its own, a module that was compiled
// before in the normal mode would come back unchanged.
function withMark(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const mark = [0, 5, 4, ...'wide'].map((byte) =>
    typeof byte === 'string' ? byte.charCodeAt(0) : byte,
  );
  const marked = new Uint8Array(bytes.length + mark.length);
  marked.set(bytes);
  marked.set(mark, bytes.length);
  return marked;
}
