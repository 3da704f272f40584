// SPDX-License-Identifier: Apache-2.0

/** How a text is cut into the tokens that a language model predicts. */
export interface Tokenizer {
  /** What tokens are called, and where room is short. */
  readonly names: { readonly many: string; readonly short: string };
  /** How a token that a vocabulary does not have looks in text. */
  readonly unknown: string;
  split(text: string): Iterable<string>;
  /** Text of tokens; what `split` has dropped is not in it. */
  join(tokens: readonly string[]): string;
}

/** Every character (Unicode code point) is a token. */
export const characters: Tokenizer = {
  names: { many: 'characters', short: 'chars' },
  unknown: '\uFFFD',
  split: (text) => text,
  join: (tokens) => tokens.join(''),
};

/** A word, with apostrophes, hyphens and the like inside it; or any one other mark. */
const wordOrMark = /[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;

const noSpaceBefore = /^[.,;:!?)\]’”%]$/;
const noSpaceAfter = /^[([“$]$/;

/**
 * Words in lower case and marks of punctuation are tokens:
 *
 * ```
 * "It's 1,000 men (or so)."   →   " it's 1,000 men ( or so ) . "
 * ```
 *
 * Spaces and line ends only separate them.
 */
export const words: Tokenizer = {
  names: { many: 'words', short: 'words' },
  unknown: '<unk>',
  split: (text) => text.toLowerCase().match(wordOrMark) ?? [],
  join: (tokens) =>
    tokens.reduce((text, token, i) => {
      const isClose = noSpaceBefore.test(token) || noSpaceAfter.test(tokens[i - 1] ?? '');
      return text + (i === 0 || isClose ? '' : ' ') + token;
    }, ''),
};
