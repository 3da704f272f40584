// SPDX-License-Identifier: Apache-2.0

/** How the mean cross-entropy of a token is told. */
export interface LossMeasure {
  /** The figure with its unit, made from nats. */
  readonly describe: (nats: number) => string;
  /** What a figure of a whole text is said to be of; empty where the unit says it. */
  readonly perToken: string;
}

/** 1 bit a character would let the text be packed to 1/8 of its bytes. */
export const bitsPerCharacter: LossMeasure = {
  describe: (nats) => `${(nats / Math.LN2).toFixed(4)} bits`,
  perToken: ' a character',
};

/** The model is as uncertain as if it had to guess one of so many tokens, all alike. */
export const perplexity: LossMeasure = {
  describe: (nats) => `perplexity ${Math.exp(nats).toFixed(2)}`,
  perToken: '',
};
