// SPDX-License-Identifier: Apache-2.0

import { float32View } from './views.ts';

/**
 * Random numbers of Philox4x32-10 (Salmon et al. 2011).
 *
 * A stream is a key of two 32-bit words. Block `b` is a function of the key and of `counter + b`, where
 * the counter is a 128-bit number, `counter0` its lowest word; element `i` of an output takes word
 * `i % 4` of block `floor(i / 4)`. So a draw of `n` elements uses `ceil(n / 4)` counter values, and the
 * same key and counter always give the same elements, whatever the build.
 *
 * `u[i]` is the low 23 bits of the word divided by 2^23, in [0, 1), as TensorFlow's `Uint32ToFloat`
 * (tensorflow/core/lib/random/random_distributions_utils.h) makes it.
 */
export interface PhiloxKernels {
  /** The words themselves, as 32-bit integers. */
  philoxBits(
    out: number,
    n: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ): void;
  /** `out[i] = u[i]`. */
  philoxUniform(
    out: number,
    n: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ): void;
  /**
   * `out[i] = u[i] >= rate ? x[i] · scale : 0`: a dropped NaN or Infinity becomes 0. With the same key
   * and counter the same elements are dropped, so backward is this kernel on `dy`.
   *
   * @param out may be `x`
   * @param rate in [0, 1]; compared in float32 and exactly
   */
  philoxDropout(
    x: number,
    out: number,
    n: number,
    rate: number,
    scale: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ): void;
  /** `out[i] = u[i] >= rate ? scale : 0`: what `philoxDropout` makes of ones. */
  philoxMask(
    out: number,
    n: number,
    rate: number,
    scale: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ): void;
}

/** The kernels of `PhiloxKernels` in scalar TypeScript, with equal bits. */
export function createPhiloxReference(memory: WebAssembly.Memory): PhiloxKernels {
  return {
    philoxBits(out, n, key0, key1, ...counter) {
      const view = new DataView(memory.buffer, out);
      philoxWords(n, [key0, key1], counter, (word, i) => view.setUint32(4 * i, word, true));
    },
    philoxUniform(out, n, key0, key1, ...counter) {
      const view = float32View(memory, out);
      philoxWords(n, [key0, key1], counter, (word, i) => view.set(i, uniformOf(word)));
    },
    philoxDropout(x, out, n, rate, scale, key0, key1, ...counter) {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      const [leastKept, factor] = [Math.fround(rate), Math.fround(scale)];
      philoxWords(n, [key0, key1], counter, (word, i) => {
        to.set(i, uniformOf(word) >= leastKept ? from.get(i) * factor : 0);
      });
    },
    philoxMask(out, n, rate, scale, key0, key1, ...counter) {
      const view = float32View(memory, out);
      const leastKept = Math.fround(rate);
      philoxWords(n, [key0, key1], counter, (word, i) => {
        view.set(i, uniformOf(word) >= leastKept ? scale : 0);
      });
    },
  };
}

type Counter = readonly [number, number, number, number];

/** One block: the ten rounds of Philox4x32 on a counter, lowest word first. */
export function philoxBlock(key: readonly [number, number], counter: Counter): Counter {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, a >>> 0);
    const [high1, low1] = multiply(0xcd9e8d57, c >>> 0);
    a = (high1 ^ b ^ k0) >>> 0;
    b = low1;
    c = (high0 ^ d ^ k1) >>> 0;
    d = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [a, b, c, d];
}

function philoxWords(
  n: number,
  key: readonly [number, number],
  start: Counter,
  put: (word: number, i: number) => void,
): void {
  let counter = start;
  for (let i = 0; i < n; i += 4) {
    const block = philoxBlock(key, counter);
    for (let word = 0; word < 4 && i + word < n; word++) put(block[word] ?? 0, i + word);
    counter = increment(counter);
  }
}

function increment(counter: Counter): Counter {
  let carry = 1;
  const next = (word: number): number => {
    const sum = (word + carry) >>> 0;
    carry &= sum === 0 ? 1 : 0;
    return sum;
  };
  return [next(counter[0]), next(counter[1]), next(counter[2]), next(counter[3])];
}

/** The high and the low word of the 64-bit product of two unsigned words. */
function multiply(a: number, b: number): [number, number] {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle & 0xffff);
  const high = aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
  return [high >>> 0, Math.imul(a, b) >>> 0];
}

function uniformOf(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}
