// SPDX-License-Identifier: Apache-2.0

/**
 * GPT-2's pieces, within which a BPE merges: English contractions, then words, numbers and runs of
 * other signs, each with the space before it, then white space.
 *
 * White space is Unicode's `White_Space`, as in the Rust library `tokenizers`; JavaScript's `\s` has
 * U+FEFF and lacks U+0085.
 *
 * @see Radford et al., 2019, "Language Models are Unsupervised Multitask Learners"; GPT-2's
 *   `encoder.py`.
 */
const pattern =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** The pieces of a text in order: joined, they are the text. */
export function* preTokenize(text: string): Generator<string> {
  for (const [piece] of text.matchAll(pattern)) yield piece;
}
