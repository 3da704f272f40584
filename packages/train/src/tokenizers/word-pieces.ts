// SPDX-License-Identifier: Apache-2.0

/** How an unknown word is written, in text that was prepared so and in decoded text. */
export const unknownWord = '<unk>';

/** The piece that ends a line. */
export const lineEnd = '\n';

/**
 * Words with their apostrophes, numbers with their points and commas, runs of one other sign, and line
 * ends. White space within a line is left out.
 */
const pattern =
  /<unk>|\n|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\p{N}+(?:[.,]\p{N}+)*|([^\s\p{L}\p{M}\p{N}])\1*/gu;

/** The pieces of a text in order. */
export function* piecesOf(text: string): Generator<string> {
  for (const [piece] of text.matchAll(pattern)) yield piece;
}

/** Signs that follow without a space, whatever comes before them. */
const closing = /^(?:[,;:!?)\]}%”»…'’]|\.)+$/u;
/** Signs that the next piece follows without a space. */
const opening = /^[([{“«¿¡$£€#@]+$/u;
/** Signs without a space on either side. */
const binding = /^[-‐‑–—/_&*+=~^|\\]+$/u;

/** Writes pieces as text is printed: the spaces that `piecesOf` left out, by the usual rules. */
export class PieceJoiner {
  /** No space comes before the next piece. */
  #isTightAfter = true;
  /** A straight quotation mark was opened in this line. */
  #inQuotes = false;

  /** The piece with the space before it, if one belongs there. */
  next(piece: string): string {
    const isQuote = piece === '"';
    const isTight =
      this.#isTightAfter ||
      piece === lineEnd ||
      closing.test(piece) ||
      binding.test(piece) ||
      (isQuote && this.#inQuotes);
    this.#isTightAfter =
      piece === lineEnd ||
      opening.test(piece) ||
      binding.test(piece) ||
      (isQuote && !this.#inQuotes);
    this.#inQuotes = piece !== lineEnd && this.#inQuotes !== isQuote;
    return isTight ? piece : ` ${piece}`;
  }
}
