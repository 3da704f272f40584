// SPDX-License-Identifier: Apache-2.0
import { decodeSafetensors, type SafetensorsContent, SafetensorsError } from '@tapeloop/core';
import { describe, expect, it } from 'vitest';
import { Dice, jsonMutations, mutations, type Outcome, readMalformed } from './fuzz-testing.ts';

/** Name, dtype, shape and bytes of an element: one tensor of every dtype that is read. */
const tensors = [
  ['rnn/cell0/kernel', 'F32', [3, 4], 4],
  ['scalar', 'F64', [], 8],
  ['empty', 'F32', [0, 7], 4],
  ['half', 'F16', [5], 2],
  ['brain', 'BF16', [2, 3], 2],
  ['steps', 'I32', [1, 2], 4],
  ['long', 'I64', [2], 8],
  ['mask', 'BOOL', [3], 1],
] as const;

interface Entry {
  dtype: string;
  shape: readonly number[];
  data_offsets: [number, number];
}

const header: Record<string, Entry | Record<string, string>> = { __metadata__: { note: 'n' } };
let dataLength = 0;
for (const [name, dtype, shape, elementBytes] of tensors) {
  const length = shape.reduce((product: number, size) => product * size, elementBytes);
  header[name] = { dtype, shape, data_offsets: [dataLength, dataLength + length] };
  dataLength += length;
}

/** A file with a header as it is written, and data that every dtype can be read from. */
function fileOf(json: string, { headerLength }: { headerLength?: bigint } = {}): Uint8Array {
  const text = new TextEncoder().encode(json);
  const file = new Uint8Array(8 + text.length + dataLength);
  const length = headerLength ?? BigInt(text.length);
  new DataView(file.buffer).setBigUint64(0, BigInt.asUintN(64, length), true);
  file.set(text, 8);
  return file;
}

function checkWhole({ tensors: read }: SafetensorsContent, bytes: Uint8Array): void {
  let held = 0;
  for (const [name, { shape, data }] of read) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (data.length !== elements) throw new Error(`${name} has ${data.length} elements`);
    held += data.byteLength;
  }
  if (held > 2 * bytes.length) throw new Error(`${held} bytes came of ${bytes.length}`);
}

function readAll(files: Iterable<Uint8Array>): Outcome {
  return readMalformed({
    files,
    source: 'model.safetensors',
    error: SafetensorsError,
    read: (bytes, source) => decodeSafetensors(bytes, { source }),
    check: checkWhole,
    bytesPerByte: 64,
  });
}

function* nearlyRightHeaders(): Generator<Uint8Array> {
  for (const json of jsonMutations(header, 6, 4000)) yield fileOf(json);
}

/** Lengths and offsets that overlap, leave holes, go beyond the file or beyond all numbers. */
function* lies(): Generator<Uint8Array> {
  const dice = new Dice(7);
  const json = JSON.stringify(header);
  const edges = [
    0,
    1,
    4,
    8,
    dataLength,
    dataLength + 1,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    1e300,
  ];
  for (let i = 0; i < 1000; i++) {
    const near = BigInt(json.length + dice.roll(40) - 20);
    const power = 1n << BigInt(dice.roll(64));
    yield fileOf(json, { headerLength: dice.pick([near, power, power - 1n, -power]) });
  }
  for (let i = 0; i < 2000; i++) {
    const lying = structuredClone(header);
    const entry = lying[dice.pick(tensors)[0]] as Entry;
    const [begin, end] = entry.data_offsets;
    const number = () => dice.pick([...edges, begin, end, begin - 1, end + 4, -1, 0.5]);
    entry.data_offsets = [number(), number()];
    if (dice.roll(2) === 0) entry.shape = Array.from({ length: dice.roll(5) }, number);
    yield fileOf(JSON.stringify(lying));
  }
}

describe('decodeSafetensors', () => {
  it('reads the file that is damaged below', () => {
    const outcome = readAll([fileOf(JSON.stringify(header))]);
    expect(outcome.read).toBe(1);
  });

  it('reads or refuses 4000 damaged copies of a file, naming it', () => {
    const outcome = readAll(mutations(fileOf(JSON.stringify(header)), 5, 4000));
    expect(outcome.read + outcome.refused).toBe(4000);
    expect(outcome.refused).toBeGreaterThan(2000);
    expect(outcome.reasons.size).toBeGreaterThan(15);
  });

  it('reads or refuses 4000 files with nearly right headers, naming them', () => {
    const outcome = readAll(nearlyRightHeaders());
    expect(outcome.read + outcome.refused).toBe(4000);
    expect(outcome.refused).toBeGreaterThan(3000);
    expect(outcome.reasons.size).toBeGreaterThan(15);
  });

  it('reads or refuses 3000 files with lying lengths and offsets, naming them', () => {
    const outcome = readAll(lies());
    expect(outcome.read + outcome.refused).toBe(3000);
    expect(outcome.refused).toBeGreaterThan(2500);
  });
});
