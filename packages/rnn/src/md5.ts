// SPDX-License-Identifier: Apache-2.0

/** Left rotations of the four rounds (RFC 1321, section 3.4). */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** T[i] = ⌊2³² · |sin(i + 1)|⌋ (RFC 1321, section 3.4). */
const SINES = Uint32Array.from({ length: 64 }, (_, i) =>
  Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))),
);

/**
 * The MD5 digest of a text's UTF-8 bytes, as 32 hexadecimal digits. For deriving seeds as TensorFlow
 * does; it protects nothing.
 *
 * @see Rivest 1992, RFC 1321.
 */
export function md5(text: string): string {
  const words = paddedWords(new TextEncoder().encode(text));
  const digest = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < words.length; block += 16) {
    addBlock(digest, words.subarray(block, block + 16));
  }
  const bytes = new DataView(new ArrayBuffer(16));
  digest.forEach((word, i) => bytes.setUint32(4 * i, word, true));
  return Array.from({ length: 16 }, (_, i) => bytes.getUint8(i).toString(16).padStart(2, '0')).join(
    '',
  );
}

/** The message, a 1 bit, zeros, and the message's length in bits: whole blocks of 16 words. */
function paddedWords(message: Uint8Array): Uint32Array {
  const blocks = Math.ceil((message.length + 9) / 64);
  const bytes = new DataView(new ArrayBuffer(64 * blocks));
  message.forEach((byte, i) => bytes.setUint8(i, byte));
  bytes.setUint8(message.length, 0x80);
  bytes.setBigUint64(64 * blocks - 8, BigInt(8 * message.length), true);
  return Uint32Array.from({ length: 16 * blocks }, (_, i) => bytes.getUint32(4 * i, true));
}

function addBlock(digest: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = digest;
  for (let i = 0; i < 64; i++) {
    const [mixed, index] = round(i, b, c, d);
    const sum = a + mixed + (SINES[i] ?? 0) + (words[index] ?? 0);
    const turn = ROTATIONS[i >> 4]?.[i & 3] ?? 0;
    const rotated = ((sum | 0) << turn) | ((sum | 0) >>> (32 - turn));
    [a, b, c, d] = [d, (b + rotated) | 0, b, c];
  }
  [a, b, c, d].forEach((word, i) => {
    digest[i] = (digest[i] ?? 0) + word;
  });
}

/** The nonlinear function of step `i`, and which word of the block it takes. */
function round(i: number, b: number, c: number, d: number): [mixed: number, index: number] {
  if (i < 16) return [(b & c) | (~b & d), i];
  if (i < 32) return [(d & b) | (~d & c), (5 * i + 1) & 15];
  if (i < 48) return [b ^ c ^ d, (3 * i + 5) & 15];
  return [c ^ (b | ~d), (7 * i) & 15];
}
