// SPDX-License-Identifier: Apache-2.0

/** The polynomial of Castagnoli, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** What a byte does to the eight bits that leave the register. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  }
  return remainder;
});

/**
 * CRC-32C of bytes, unsigned.
 *
 * @param before the checksum of bytes that come before these: the result is that of both together.
 * @see RFC 3720, appendix B.4, for test vectors.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let remainder = ~before >>> 0;
  for (const byte of bytes) {
    remainder = (remainder >>> 8) ^ (table[(remainder ^ byte) & 0xff] ?? 0);
  }
  return ~remainder >>> 0;
}
