// SPDX-License-Identifier: Apache-2.0

/** Whole numbers that look random and are the same for a seed: xorshift32 of Marsaglia, 2003. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 1;
  }

  /** From 0 to `sides - 1`. */
  roll(sides: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % sides;
  }

  /** One of a list that is not empty. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.roll(choices.length)];
    if (choice === undefined) throw new RangeError('pick: choices must not be empty.');
    return choice;
  }
}

type Damage = (bytes: Uint8Array, dice: Dice) => Uint8Array;

/** What happens to files: on disks, on the way, by the hands of people who mean no good. */
const damages: readonly Damage[] = [
  function flipBits(bytes, dice) {
    const flipped = Uint8Array.from(bytes);
    for (let i = dice.roll(4); i >= 0; i--) {
      const place = dice.roll(bytes.length);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << dice.roll(8));
    }
    return flipped;
  },
  function overwrite(bytes, dice) {
    const begin = dice.roll(bytes.length);
    return Uint8Array.from(bytes).fill(dice.roll(256), begin, begin + dice.roll(16) + 1);
  },
  function cutEnd(bytes, dice) {
    return bytes.slice(0, dice.roll(bytes.length));
  },
  function cutOut(bytes, dice) {
    const begin = dice.roll(bytes.length);
    return joined(bytes.subarray(0, begin), bytes.subarray(begin + dice.roll(64) + 1));
  },
  function repeat(bytes, dice) {
    const begin = dice.roll(bytes.length);
    const end = begin + dice.roll(64) + 1;
    return joined(bytes.subarray(0, end), bytes.subarray(begin));
  },
  function splice(bytes, dice) {
    const from = dice.roll(bytes.length);
    const part = bytes.subarray(from, from + dice.roll(64) + 1);
    const to = dice.roll(bytes.length);
    return joined(bytes.subarray(0, to), part, bytes.subarray(to));
  },
];

/**
 * Damaged copies of a file: bits flipped, bytes overwritten, ends cut, pieces cut out, repeated and
 * copied elsewhere; one damage each, or two.
 */
export function* mutations(bytes: Uint8Array, seed: number, count: number): Generator<Uint8Array> {
  const dice = new Dice(seed);
  for (let i = 0; i < count; i++) {
    const once = dice.pick(damages)(bytes, dice);
    yield dice.roll(3) > 0 || once.length === 0 ? once : dice.pick(damages)(once, dice);
  }
}

/** JSON that is valid and hardly ever what is asked for. */
const nasty: readonly string[] = [
  ...['null', 'true', 'false', '[]', '{}', '[[]]', '{"":{}}', '""', '" "', '"a b c"', '"Ā"'],
  ...[
    '-1',
    '-0',
    '0',
    '0.5',
    '1',
    '7',
    '255',
    '4294967295',
    '4294967296',
    '1e15',
    '1e308',
    '1e999',
  ],
  ...[
    '9007199254740991',
    '9007199254740993',
    '"\\ud800"',
    '"\\udc00x"',
    '"__proto__"',
    '"\\u0000"',
  ],
  ...['{"__proto__":{"length":4294967295}}', '{"length":4294967295}', '["a","b","c"]', '[0,0]'],
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  `"${'a'.repeat(50_000)}"`,
  `[${'1,'.repeat(5000)}1]`,
];

/** Stands in a tree for JSON that is put in as text: some of it is too deep for `JSON.stringify`. */
const mark = '@nasty@';

/**
 * JSON texts near a value: a node, anywhere in the tree, replaced by one from elsewhere or by a nasty
 * one, taken out, or doubled in its list.
 */
export function* jsonMutations(value: object, seed: number, count: number): Generator<string> {
  const dice = new Dice(seed);
  for (let i = 0; i < count; i++) {
    const tree = structuredClone(value);
    for (let changes = dice.roll(2); changes >= 0; changes--) change(tree, dice);
    yield JSON.stringify(tree).replaceAll(`"${mark}"`, () => dice.pick(nasty));
  }
}

/** Where a value is in a tree. */
interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

function change(tree: object, dice: Dice): void {
  const places = placesIn(tree);
  if (places.length === 0) return;
  const { parent, key } = dice.pick(places);
  const kind = dice.roll(5);
  if (kind === 0) {
    const other = dice.pick(places);
    parent[key] = structuredClone(other.parent[other.key]);
  } else if (kind === 1 && Array.isArray(parent)) {
    parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
  } else if (kind === 2) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else {
    parent[key] = mark;
  }
}

/** All places of a tree: small objects as often as large lists, so that every field gets its turn. */
function placesIn(tree: object): Place[] {
  const places: Place[] = [];
  const visit = (node: object, repeats: number) => {
    const parent = node as Record<string, unknown>;
    for (const [key, value] of Object.entries(parent)) {
      for (let i = 0; i < repeats; i++) places.push({ parent, key });
      if (typeof value === 'object' && value !== null) {
        visit(value, Object.keys(value).length > 20 ? 1 : 20);
      }
    }
  };
  visit(tree, 20);
  return places;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What became of malformed files. */
export interface Outcome {
  /** Files that were read all the same: some damage leaves a file right, or another right file. */
  read: number;
  refused: number;
  /** The errors' messages without what differs from file to file. */
  readonly reasons: Set<string>;
}

/** What `readMalformed` asks of each file. */
export interface MalformedReading<T> {
  readonly files: Iterable<Uint8Array>;
  readonly source: string;
  readonly error: new (message: string) => Error;
  readonly read: (bytes: Uint8Array, source: string) => T;
  /** Throws when what was read does not hold together. */
  readonly check: (content: T, bytes: Uint8Array) => void;
  /** Bytes that reading may take for each byte of the file, beyond a megabyte for the engine's own. */
  readonly bytesPerByte: number;
}

/**
 * Reads files each of which must be right or refused by an error of the given class that names the
 * source, in one line, and neither may take much memory.
 *
 * @throws Error saying what the file at fault did.
 */
export function readMalformed<T>(reading: MalformedReading<T>): Outcome {
  const outcome: Outcome = { read: 0, refused: 0, reasons: new Set() };
  let number = 0;
  for (const bytes of reading.files) {
    readOne(bytes, `file ${number++}`, reading, outcome);
  }
  return outcome;
}

function readOne<T>(
  bytes: Uint8Array,
  name: string,
  { source, error, read, check, bytesPerByte }: MalformedReading<T>,
  outcome: Outcome,
): void {
  const before = memoryInUse();
  const content = orError(() => read(bytes, source));
  const taken = memoryInUse() - before;
  if (taken > 2 ** 20 + bytesPerByte * bytes.length) {
    throw new Error(`${name}: reading ${bytes.length} bytes took ${taken} bytes of memory.`);
  }
  if (content.value !== undefined) {
    outcome.read++;
    check(content.value, bytes);
    return;
  }
  const reason = content.error;
  if (!(reason instanceof error)) throw new Error(`${name}: ${String(reason)}`, { cause: reason });
  if (!reason.message.includes(`${source}: `)) throw new Error(`${name}: ${reason.message}`);
  if (reason.message.length > 1000) throw new Error(`${name}: its error is too long to read.`);
  outcome.refused++;
  outcome.reasons.add(reason.message.replaceAll(/\(.*\)|"(?:[^"\\]|\\.)*"|-?\d[\d.e+]*/gs, '_'));
}

function orError<T>(get: () => T): { value?: T; error?: unknown } {
  try {
    return { value: get() };
  } catch (error) {
    return { error };
  }
}

/** Grows with each allocation; a garbage collection in between makes it smaller. */
function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
