// SPDX-License-Identifier: Apache-2.0

/**
 * The character that stands for each byte in the vocabulary of a byte-level BPE: itself where Latin-1
 * has a visible one, else the next free code point from U+0100 on. A space is `Ġ`.
 *
 * @see Radford et al., 2019, "Language Models are Unsupervised Multitask Learners"; `bytes_to_unicode`
 *   of GPT-2's `encoder.py`.
 */
export const byteCharacters: readonly string[] = makeByteCharacters();

/** All bytes in the order of their characters' code points: that of GPT-2's ids. */
export const bytesInOrder: readonly number[] = byteCharacters
  .map((character, byte) => ({ character, byte }))
  .sort((a, b) => (a.character < b.character ? -1 : 1))
  .map(({ byte }) => byte);

const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);

/** The bytes that a token of the vocabulary stands for; `undefined` if a character is none of ours. */
export function bytesOfToken(token: string): Uint8Array | undefined {
  const bytes = Array.from(token, (character) => byteOfCharacter.get(character));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : undefined;
}

function makeByteCharacters(): string[] {
  let free = 0x100;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isVisible(byte) ? byte : free++),
  );
}

/** ASCII and Latin-1 characters that print; the soft hyphen U+00AD does not. */
function isVisible(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
}
