// SPDX-License-Identifier: Apache-2.0
// GFLOP/s of matrix products by build, size and transposes, and as a share of the core's 128-bit peak.
//
//   node benchmarks/kernels/gemm.bench.ts [builds] [sizes] [modes] [milliseconds]
//   node benchmarks/kernels/gemm.bench.ts relaxed,wide 64,512,32x2048x512 NN,NP 100
//
// A size is m = n = k or m×n×k; a mode is N or T for A, and N, T or P (packed beforehand) for B. Every product is
// checked at one element of each row before it is timed.

import { availableBuilds, hasWideMode, loadKernels } from '@tapeloop/core/kernels';
import { measurePeak } from './peak.ts';

interface Product {
  m: number;
  n: number;
  k: number;
  mode: string;
}

const [builds = '', sizes = '64,128,256,512,1024', modes = 'NN,TN,NT,TT,NP', time = '120'] =
  process.argv.slice(2);
const milliseconds = Number(time);

const peak = measurePeak(300);
console.log(`peak of 128-bit fma: ${peak.toFixed(1)} GFLOP/s`);
for (const build of builds === '' ? allBuilds() : builds.split(',')) {
  for (const size of sizes.split(',')) {
    const [m = 1, n = m, k = m] = size.split('x').map(Number);
    const cells: string[] = [];
    for (const mode of modes.split(',')) {
      const rate = await measure(build, { m, n, k, mode });
      cells.push(`${mode} ${rate.toFixed(1).padStart(6)} ${percent(rate / peak)}`);
    }
    console.log(`${build.padEnd(8)} ${size.padEnd(14)} ${cells.join('   ')}`);
  }
}

function allBuilds(): string[] {
  const simd = availableBuilds().filter((build) => build !== 'reference');
  return hasWideMode() ? ['wide', ...simd] : simd;
}

/** The best rate that a product reached, in GFLOP/s. */
async function measure(build: string, product: Product): Promise<number> {
  const { m, n, k } = product;
  const operations = 2 * m * n * k;
  const run = await prepare(build, product);
  const repeats = Math.max(1, Math.floor(1e7 / operations));
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    best = Math.min(best, (performance.now() - start) / repeats);
  } while (performance.now() < end);
  return operations / best / 1e6;
}

/** The product as a function, after a check of its result. */
async function prepare(build: string, { m, n, k, mode }: Product): Promise<() => void> {
  const [transA, transB] = [mode[0] === 'T' ? 1 : 0, mode[1] === 'T' ? 1 : 0];
  const [lda, ldb] = [transA ? m : k, transB ? k : n];
  const memory = new WebAssembly.Memory({ initial: 64 });
  let top = 1024;
  const allocate = (bytes: number) => {
    const pointer = top;
    top = Math.ceil((top + bytes) / 64) * 64 + 64;
    const missing = top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return pointer;
  };
  const wide = build === 'wide';
  const { kernels } = await loadKernels({
    memory,
    allocate,
    wide,
    build: wide ? 'auto' : named(build),
  });
  const [a, b, c] = [allocate(4 * m * k), allocate(4 * k * n), allocate(4 * m * n)];
  const workspace = allocate(kernels.gemmWorkspace(transA, transB, m, n, k));
  const packed = allocate(kernels.gemmPackedBytes(n, k));
  new Float32Array(memory.buffer, a, m * k).set(
    Float32Array.from({ length: m * k }, (_, i) => Math.cos(i)),
  );
  new Float32Array(memory.buffer, b, k * n).set(
    Float32Array.from({ length: k * n }, (_, i) => Math.sin(i)),
  );
  kernels.gemmPackB(transB, n, k, b, ldb, packed);
  const run =
    mode[1] === 'P'
      ? () => kernels.gemmPacked(transA, m, n, k, a, lda, packed, c, n, 0, 0, 0, workspace)
      : () => kernels.gemm(transA, transB, m, n, k, a, lda, b, ldb, c, n, 0, 0, 0, workspace);
  run();
  check(memory, { m, n, k, mode }, [transA, transB, a, lda, b, ldb, c]);
  return run;
}

/** Compares one element of each row with its sum in float64. */
function check(
  memory: WebAssembly.Memory,
  { m, n, k, mode }: Product,
  [transA, transB, a, lda, b, ldb, c]: [number, number, number, number, number, number, number],
): void {
  const floats = new Float32Array(memory.buffer);
  const at = (index: number) => floats[index] ?? Number.NaN;
  for (let i = 0; i < m; i++) {
    const j = (7 * i) % n;
    let sum = 0;
    for (let p = 0; p < k; p++) {
      sum +=
        at(a / 4 + (transA ? p * lda + i : i * lda + p)) *
        at(b / 4 + (transB ? j * ldb + p : p * ldb + j));
    }
    const got = at(c / 4 + i * n + j);
    if (!(Math.abs(got - sum) <= 1e-6 * (k + 1))) {
      throw new Error(`gemm ${mode} ${m}x${n}x${k}: C[${i}, ${j}] must be ${sum}, got ${got}.`);
    }
  }
}

function named(build: string): 'relaxed' | 'simd' {
  if (build === 'relaxed' || build === 'simd') return build;
  throw new Error(`gemm.bench: builds must be of relaxed, simd and wide, got ${build}.`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0).padStart(3)} %`;
}
