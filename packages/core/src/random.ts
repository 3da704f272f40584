// SPDX-License-Identifier: Apache-2.0
import { argumentMessage } from './errors.ts';
import {
  nextLayerCall,
  type Seed,
  type TensorFlowSeeds,
  type TensorFlowSource,
  tensorFlowStart,
} from './tensorflow-seeds.ts';

/** A place in a Philox4x32 sequence: which random numbers a draw gets. */
export interface PhiloxPosition {
  /** Two 32-bit words. */
  readonly key: readonly [number, number];
  /** Four 32-bit words, the lowest first: the number of the 128-bit block. */
  readonly counter: readonly [number, number, number, number];
}

/** Where a stream stands; plain data that JSON keeps. */
export interface RandomStreamState {
  readonly key: readonly [number, number];
  readonly counter: readonly [number, number, number, number];
  /** Absent in streams of Tapeloop's own, whose draws follow each other without a gap. */
  readonly source?: TensorFlowSource;
}

/** The positions of draws, in order, to repeat them. */
export type DrawLog = PhiloxPosition[];

const WORD = 2 ** 32;
/** Random words in one Philox block. */
const WORDS_PER_BLOCK = 4;
/** Blocks that an operation of TensorFlow sets aside for each of its numbers. */
const BLOCKS_PER_NUMBER = 256;

let log: DrawLog | undefined;
let replay: { readonly draws: DrawLog; next: number } | undefined;

/**
 * A stream of random numbers: a key and a counter that advances with each draw. The numbers are a
 * pure function of both (Philox4x32-10), equal on every machine.
 *
 * @see Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
 */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #source: TensorFlowSource | undefined;
  #counter: readonly [number, number, number, number];

  /**
   * A stream whose `uniform`, and so whose dropout masks, are bit for bit those of TensorFlow on a CPU
   * in eager mode, and whose `normal` is TensorFlow's to within the rounding of float32.
   *
   * Each draw stands for one execution: of one operation with these seeds (`'op'`, as
   * `tf.random.uniform` and `tf.nn.dropout`), which moves on by 256 blocks for each number; or of a
   * Keras layer with these seeds (`'layer'`, as `tf.keras.layers.Dropout`), whose op seed grows by one.
   *
   * @throws TypeError when a seed is not a safe integer.
   */
  static fromTensorFlowSeeds(
    seeds: TensorFlowSeeds,
    source: TensorFlowSource = 'op',
  ): RandomStream {
    return new RandomStream(tensorFlowStart('RandomStream', seeds, source));
  }

  /**
   * @param seed a safe integer; negative ones are taken modulo 2^64, as a two's-complement number.
   * @throws TypeError when it is not a safe integer.
   */
  constructor(seed: number | RandomStreamState) {
    if (typeof seed !== 'number') {
      this.#key = seed.key;
      this.#counter = seed.counter;
      this.#source = seed.source;
      return;
    }
    checkSeed('RandomStream', seed);
    const bits = BigInt.asUintN(64, BigInt(seed));
    this.#key = [Number(bits & 0xffffffffn), Number(bits >> 32n)];
    this.#counter = [0, 0, 0, 0];
    this.#source = undefined;
  }

  /** Takes the position of the next `count` 32-bit random words and moves past them. */
  draw(count: number): PhiloxPosition {
    if (replay !== undefined) {
      const position = replay.draws[replay.next++];
      if (position === undefined) {
        throw new RangeError('checkpoint: fn must draw as many random numbers each time it runs.');
      }
      log?.push(position);
      return position;
    }
    const position = { key: this.#key, counter: this.#counter };
    this.#counter = this.#after(count);
    log?.push(position);
    return position;
  }

  /** A stream of its own for a name; the same name always gives the same stream. Draws nothing. */
  fork(name: string): RandomStream {
    const key = hashName(name, this.#key);
    return new RandomStream({ key, counter: [0, 0, 0, 0] });
  }

  /** Where the stream stands. */
  state(): RandomStreamState {
    const place = { key: this.#key, counter: this.#counter };
    return this.#source === undefined ? place : { ...place, source: this.#source };
  }

  /** Goes back, or on, to where `state` says. */
  restore(state: RandomStreamState): void {
    if (state.key[0] !== this.#key[0] || state.key[1] !== this.#key[1]) {
      throw new RangeError('restore: the state belongs to a stream of another seed or name.');
    }
    this.#counter = state.counter;
  }

  /** The counter after a draw of `count` words. */
  #after(count: number): PhiloxPosition['counter'] {
    if (this.#source === 'layer') return nextLayerCall(this.#key, this.#counter);
    const blocks =
      this.#source === 'op' ? BLOCKS_PER_NUMBER * count : Math.ceil(count / WORDS_PER_BLOCK);
    return advance(this.#counter, blocks);
  }
}

let defaultStream = new RandomStream(0);

/** Starts the default stream again from a seed. Layers without a seed of their own fork from it. */
export function setSeed(seed: number): void {
  defaultStream = new RandomStream(seed);
}

/** The stream that is used where none is given. */
export function defaultRandomStream(): RandomStream {
  return defaultStream;
}

/** @throws TypeError when `seed` is not a safe integer. */
export function checkSeed(op: string, seed: unknown): asserts seed is number {
  if (Number.isSafeInteger(seed)) return;
  const expected = 'a safe integer';
  throw new TypeError(argumentMessage({ op, argument: 'seed', expected, received: seed }));
}

/** @throws TypeError when `seed` is neither a safe integer nor a pair of them, as TensorFlow's seeds are. */
export function checkAnySeed(op: string, seed: unknown): asserts seed is Seed {
  if (typeof seed !== 'object' || seed === null) checkSeed(op, seed);
  else tensorFlowStart(op, { graphSeed: null, opSeed: Number.NaN, ...seed }, 'op');
}

/** A stream from a seed of either kind. @throws TypeError when it is of neither. */
export function streamFromSeed(seed: Seed, source: TensorFlowSource): RandomStream {
  if (typeof seed === 'number') return new RandomStream(seed);
  return RandomStream.fromTensorFlowSeeds(seed, source);
}

/** Runs `fn` and adds the position of each draw inside to `draws`. */
export function withDrawLog<T>(draws: DrawLog, fn: () => T): T {
  const before = log;
  log = draws;
  try {
    return fn();
  } finally {
    log = before;
    before?.push(...draws);
  }
}

/** Runs `fn` with the draws of a log instead of new ones; no stream moves. */
export function replayDraws<T>(draws: DrawLog, fn: () => T): T {
  const before = replay;
  replay = { draws, next: 0 };
  try {
    return fn();
  } finally {
    replay = before;
  }
}

/** The 128-bit counter plus `blocks`. */
function advance(
  [a, b, c, d]: PhiloxPosition['counter'],
  blocks: number,
): PhiloxPosition['counter'] {
  const low = a + (blocks % WORD);
  const second = b + Math.floor(blocks / WORD) + Math.floor(low / WORD);
  const third = c + Math.floor(second / WORD);
  const fourth = d + Math.floor(third / WORD);
  return [low % WORD, second % WORD, third % WORD, fourth % WORD];
}

/**
 * 64 bits from a name and a key: two 32-bit FNV-1a hashes (Fowler, Noll, Vo) with the key's words in
 * place of the offset basis, each finished by the mixer of MurmurHash3 (Appleby).
 */
function hashName(name: string, key: readonly [number, number]): [number, number] {
  const bytes = new TextEncoder().encode(name);
  const hash = (basis: number) => {
    let h = (basis ^ 0x811c9dc5) >>> 0;
    for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  return [hash(key[0]), hash((key[1] ^ 0x9e3779b9) >>> 0)];
}
