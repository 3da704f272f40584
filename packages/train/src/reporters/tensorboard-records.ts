// SPDX-License-Identifier: Apache-2.0
import { crc32c } from '../crc32c.ts';

/** A named number at a step. */
export interface Scalar {
  /** What the plot is called; a slash makes groups. */
  readonly tag: string;
  readonly value: number;
}

/** Bytes before and after the data of a record. */
const PREFIX_BYTES = 12;
const SUFFIX_BYTES = 4;

/** Wire types of protocol buffers. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH_DELIMITED = 2;
const FOUR_BYTES = 5;

/**
 * The record that begins an event file: `Event { wall_time = 1, file_version = 3 }`.
 *
 * @param seconds since 1970.
 */
export function versionRecord(seconds: number): Uint8Array<ArrayBuffer> {
  return record([...double(1, seconds), ...delimited(3, utf8('brain.Event:2'))]);
}

/**
 * A record of numbers that belong to one step: `Event { wall_time = 1, step = 2, summary = 5 }`, the
 * summary a list of `Value { tag = 1, simple_value = 2 }`.
 *
 * @param seconds since 1970.
 * @see `tensorflow/core/util/event.proto` and `tensorflow/core/framework/summary.proto`.
 */
export function scalarsRecord(
  seconds: number,
  step: number,
  scalars: readonly Scalar[],
): Uint8Array<ArrayBuffer> {
  const values = scalars.flatMap(({ tag, value }) => {
    return delimited(1, [...delimited(1, utf8(tag)), ...float(2, value)]);
  });
  return record([...double(1, seconds), ...varintField(2, step), ...delimited(5, values)]);
}

/**
 * Frames data as TFRecord does: length (8 bytes, little-endian), checksum of the length, data, its
 * checksum.
 */
function record(data: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX_BYTES + data.length + SUFFIX_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, PREFIX_BYTES);
  const end = PREFIX_BYTES + data.length;
  view.setUint32(end, maskedCrc32c(bytes.subarray(PREFIX_BYTES, end)), true);
  return bytes;
}

/**
 * The checksum as a TFRecord file stores it: turned by 15 bits and moved, so that a checksum over data
 * that holds checksums stays a good one.
 */
function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function double(field: number, value: number): number[] {
  return [key(field, EIGHT_BYTES), ...new Uint8Array(Float64Array.of(value).buffer)];
}

function float(field: number, value: number): number[] {
  return [key(field, FOUR_BYTES), ...new Uint8Array(Float32Array.of(value).buffer)];
}

function varintField(field: number, value: number): number[] {
  return [key(field, VARINT), ...varint(value)];
}

function delimited(field: number, bytes: readonly number[]): number[] {
  return [key(field, LENGTH_DELIMITED), ...varint(bytes.length), ...bytes];
}

function key(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}
