// SPDX-License-Identifier: Apache-2.0

/**
 * The most floating-point operations a second that one core reaches with 128-bit vectors, in
 * GFLOP/s: twelve independent chains of fused multiply-add that touch no memory.
 *
 * @param milliseconds how long to look for the best time
 */
export function measurePeak(milliseconds: number): number {
  const chains = 12;
  const rounds = 4;
  const iterations = 100_000;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(chainModule(chains, rounds)));
  const run = exports['run'];
  if (typeof run !== 'function') throw new Error('measurePeak: the module must export run.');
  const operations = iterations * rounds * chains * 8;
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const start = performance.now();
    run(iterations);
    best = Math.min(best, performance.now() - start);
  }
  return operations / best / 1e6;
}

// (func (export "run") (param $n i32) (result f32) (local v128 × (chains + 1))
//   (loop
//     (local.set $i (f32x4.relaxed_madd (local.get $x) (local.get $x) (local.get $i))) …
//     (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
//   sum of all chains, so that none is dead)
function chainModule(chains: number, rounds: number): Uint8Array<ArrayBuffer> {
  const [localGet, localSet, localTee, simd] = [0x20, 0x21, 0x22, 0xfd];
  const x = 1;
  const body = [1, chains + 1, 0x7b, localGet, 0, 0xb2, simd, 0x13, localSet, x];
  for (let i = 0; i < chains; i++) body.push(localGet, 0, 0xb2, simd, 0x13, localSet, 2 + i);
  body.push(0x03, 0x40);
  for (let i = 0; i < chains * rounds; i++) {
    const chain = 2 + (i % chains);
    body.push(localGet, x, localGet, x, localGet, chain, simd, 0x85, 0x02, localSet, chain);
  }
  body.push(localGet, 0, 0x41, 1, 0x6b, localTee, 0, 0x0d, 0, 0x0b);
  for (let i = 0; i < chains; i++) body.push(localGet, 2 + i, ...(i > 0 ? [simd, 0xe4, 0x01] : []));
  body.push(simd, 0x1f, 0, 0x0b);
  const code = [1, ...leb(body.length), ...body];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7d],
    ...[3, 2, 1, 0],
    ...[7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
    ...[10, ...leb(code.length), ...code],
  ]);
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}
