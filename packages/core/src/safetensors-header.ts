// SPDX-License-Identifier: Apache-2.0
import { show } from './errors.ts';
import { type ElementFormat, elementFormats } from './safetensors-format.ts';
import type { Shape } from './shape.ts';

/** Where one tensor's elements are in the data of a file. */
export interface Place {
  readonly name: string;
  readonly format: ElementFormat;
  readonly shape: Shape;
  /** First byte of its data, counted from where the data starts. */
  readonly begin: number;
  /** The byte after its last. */
  readonly end: number;
}

/** A header that was found right. */
export interface Header {
  /** Ordered by `begin`; together they cover the data. */
  readonly places: readonly Place[];
  readonly metadata: Record<string, string>;
  /** Byte of the file where the data starts. */
  readonly dataStart: number;
}

/** Makes the error that says why the file is wrong. */
export type Fail = (reason: string) => Error;

/** Bytes of the number that a file starts with. */
export const LENGTH_BYTES = 8;
/** The longest header that the format allows. */
const LONGEST_HEADER = 100_000_000;
/** Objects in objects: the format has two levels, and a later one may add to them. */
const DEEPEST = 8;

/** Reads and checks all of a file but its data. Allocates no more than the header needs. */
export function parseHeader(bytes: Uint8Array, fail: Fail): Header {
  const dataStart = LENGTH_BYTES + headerLength(bytes, fail);
  const header = parseJson(bytes.subarray(LENGTH_BYTES, dataStart), fail);
  const { __metadata__: metadata = {}, ...entries } = header;
  const places = Object.entries(entries)
    .map(([name, entry]) =>
      parseEntry(name, entry, (reason) => fail(`tensor ${show(name)}${reason}`)),
    )
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(places, bytes.length - dataStart, fail);
  return { places, metadata: parseMetadata(metadata, fail), dataStart };
}

function headerLength(bytes: Uint8Array, fail: Fail): number {
  if (bytes.length < LENGTH_BYTES) {
    throw fail(`a file has at least ${LENGTH_BYTES} bytes, this one ${bytes.length}`);
  }
  const start = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = start.getBigUint64(0, true);
  if (length > BigInt(bytes.length - LENGTH_BYTES)) {
    throw fail(`it says that its header has ${length} bytes, but ends before that`);
  }
  if (length > LONGEST_HEADER) {
    throw fail(`a header has at most ${LONGEST_HEADER} bytes, this one ${length}`);
  }
  return Number(length);
}

function parseJson(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  const OPENING_BRACE = 0x7b;
  if (bytes[0] !== OPENING_BRACE) throw fail('its header does not start with {');
  let header: unknown;
  let problem: string | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
    problem = problemOfObjects(text);
  } catch (error) {
    problem = `is not JSON in UTF-8 (${error instanceof Error ? error.message : error})`;
  }
  if (problem !== undefined) throw fail(`its header ${problem}`);
  if (!isRecord(header)) throw fail('its header is not an object');
  return header;
}

/** What valid JSON, once parsed, does not show any more: a key twice in one object, deep nesting. */
function problemOfObjects(json: string): string | undefined {
  const open: Set<string>[] = [];
  let previous = '';
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/gs)) {
    if (token === '{') {
      if (open.push(new Set()) > DEEPEST)
        return `has objects in objects, more than ${DEEPEST} deep`;
    } else if (token === '}') open.pop();
    else if (token === ':') {
      const keys = open.at(-1);
      const key: string = JSON.parse(previous);
      if (keys?.has(key)) return `has the key ${show(key)} twice`;
      keys?.add(key);
    }
    previous = token;
  }
  return undefined;
}

function parseEntry(name: string, entry: unknown, fail: Fail): Place {
  if (!isRecord(entry)) throw fail(' is not described by an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  const format = typeof dtype === 'string' ? elementFormats.get(dtype) : undefined;
  if (format === undefined) {
    const known = [...elementFormats.keys()].join(', ');
    throw fail(` has dtype ${show(dtype)}; those that can be read are ${known}`);
  }
  if (!isSizes(shape)) throw fail(` has shape ${show(shape)}, not a list of whole numbers`);
  if (!isSizes(offsets)) throw fail(` has data_offsets ${show(offsets)}, not two whole numbers`);
  const [begin, end, ...more] = offsets;
  if (begin === undefined || end === undefined || more.length > 0 || begin > end) {
    throw fail(` has data_offsets ${show(offsets)}, not a begin and an end after it`);
  }
  const needed = shape.reduce((product, size) => product * size, format.bytes);
  if (needed !== end - begin) {
    throw fail(
      ` needs ${needed} bytes for shape ${show(shape)} of ${dtype}, but has ${end - begin}`,
    );
  }
  return { name, format, shape, begin, end };
}

/** Checks that the places, in order, cover the data without a hole, an overlap or a rest. */
function checkCover(places: readonly Place[], dataLength: number, fail: Fail): void {
  let covered = 0;
  for (const { name, begin, end } of places) {
    if (begin < covered) throw fail(`tensor ${show(name)} overlaps the one before it`);
    if (begin > covered) {
      throw fail(`no tensor owns the ${begin - covered} bytes before tensor ${show(name)}`);
    }
    covered = end;
  }
  if (covered > dataLength) {
    throw fail(`its tensors need ${covered} bytes of data, but it ends after ${dataLength}`);
  }
  if (covered < dataLength) {
    throw fail(`no tensor owns its last ${dataLength - covered} bytes`);
  }
}

function parseMetadata(metadata: unknown, fail: Fail): Record<string, string> {
  if (!isRecord(metadata)) throw fail('its __metadata__ is not an object');
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value !== 'string') throw fail(`metadata ${show(key)} is not text`);
      return [key, value];
    }),
  );
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
