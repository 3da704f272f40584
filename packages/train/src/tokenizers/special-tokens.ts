// SPDX-License-Identifier: Apache-2.0

/** Finds special tokens in text: the leftmost, and the longest of those that start there. */
export class SpecialTokens {
  readonly #ids: ReadonlyMap<string, number>;
  /** The tokens that start with a code unit, the longest first. */
  readonly #starting = new Map<string, string[]>();

  /** Ids by token; no token is empty. */
  constructor(ids: ReadonlyMap<string, number>) {
    this.#ids = ids;
    for (const token of [...ids.keys()].sort((a, b) => b.length - a.length)) {
      const first = token.charAt(0);
      const tokens = this.#starting.get(first);
      if (tokens === undefined) this.#starting.set(first, [token]);
      else tokens.push(token);
    }
  }

  /** The text in order: what is between special tokens as text, special tokens as ids. */
  *split(text: string): Generator<string | number> {
    if (this.#ids.size === 0) {
      yield text;
      return;
    }
    let begin = 0;
    for (let i = 0; i < text.length; i++) {
      const token = this.#tokenAt(text, i);
      const id = token === undefined ? undefined : this.#ids.get(token);
      if (token === undefined || id === undefined) continue;
      if (i > begin) yield text.slice(begin, i);
      yield id;
      begin = i + token.length;
      i = begin - 1;
    }
    if (begin < text.length) yield text.slice(begin);
  }

  #tokenAt(text: string, place: number): string | undefined {
    return this.#starting.get(text.charAt(place))?.find((token) => text.startsWith(token, place));
  }
}

/** Whether a text can be a special token: there is some, and UTF-8 can write it. */
export function isSpecialToken(text: string): boolean {
  return text !== '' && !/\p{Surrogate}/u.test(text);
}
