// SPDX-License-Identifier: Apache-2.0
import {
  decodeSafetensors,
  encodeSafetensors,
  type RandomStreamState,
  type SafetensorsEntry,
  TapeloopError,
  type TypedArray,
  tensor,
  tidy,
} from '@tapeloop/core';
import { crc32c } from '../crc32c.ts';
import type { RunCounters, RunState } from '../loop/run-state.ts';

/** What the file says it is. */
const FORMAT = 'tapeloop run';

/** Of the names and metadata below. A file of another version is not read. */
const VERSION = '1';

/** A file is no checkpoint, or not one that can be read. */
export class CheckpointError extends TapeloopError {
  override name = 'CheckpointError';
}

/** Options of a run as a file holds them: what JSON can say. */
export type CheckpointConfig = Readonly<Record<string, unknown>>;

/** A run as a file holds it: its tensors are not in the heap yet. */
export interface SavedRun extends Omit<RunState, 'tensors'> {
  /** What the run was begun with. */
  readonly config: CheckpointConfig;
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
}

/** Options of `decodeCheckpoint`. */
export interface DecodeCheckpointOptions {
  /** The file's name, for errors. Default `bytes`. */
  readonly source?: string;
}

/**
 * Writes a run as one safetensors file: parameters, the optimizer's state, what is carried over, where
 * the random streams and the data stand, and the options that it was begun with. Equal runs give equal
 * bytes.
 *
 * @param config whatever is needed to build the run again; must survive JSON.
 */
export function encodeCheckpoint(
  state: RunState,
  config: CheckpointConfig,
): Uint8Array<ArrayBuffer> {
  const metadata = {
    format: FORMAT,
    version: VERSION,
    config: JSON.stringify(config),
    counters: JSON.stringify(state.counters),
    optimizer: JSON.stringify(state.optimizer),
    random: JSON.stringify(state.random.map((streams) => Object.fromEntries(streams))),
  };
  const data = [...state.tensors].map(([name, each]) => [name, each.view()] as const);
  return encodeSafetensors(state.tensors, { ...metadata, checksum: checksum(data, metadata) });
}

/**
 * Reads what `encodeCheckpoint` wrote.
 *
 * @throws SafetensorsError when the bytes are no safetensors file, CheckpointError when they hold no
 *   run, a changed one, or one of another version.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  { source = 'bytes' }: DecodeCheckpointOptions = {},
): SavedRun {
  const { tensors, metadata } = decodeSafetensors(bytes, { source });
  const fail = (reason: string) => new CheckpointError(`decodeCheckpoint: ${source}: ${reason}.`);
  const { checksum: expected, ...own } = metadata;
  if (own['format'] !== FORMAT) throw fail('it holds tensors, but no run of Tapeloop');
  if (own['version'] !== VERSION) {
    throw fail(`it has version ${own['version']}; this program reads version ${VERSION}`);
  }
  const data = [...tensors].map(([name, each]) => [name, each.data] as const);
  if (expected !== checksum(data, own)) throw fail('its checksum is wrong: the file was changed');
  // The checksum has shown that these are the texts that `encodeCheckpoint` wrote.
  return {
    tensors,
    config: parse<CheckpointConfig>(own['config']),
    counters: parse<RunCounters>(own['counters']),
    optimizer: parse<Record<string, number>>(own['optimizer']),
    random: parse<Record<string, RandomStreamState>[]>(own['random']).map(
      (streams) => new Map(Object.entries(streams)),
    ),
  };
}

/** Puts a saved run's tensors into the heap for as long as `use` runs. */
export function withRunState<T>(saved: SavedRun, use: (state: RunState) => T): T {
  return tidy(() => {
    const tensors = [...saved.tensors].map(([name, { data, shape, dtype }]) => {
      return [name, tensor(data, shape, dtype)] as const;
    });
    return use({ ...saved, tensors: new Map(tensors) });
  });
}

type Named = readonly [name: string, data: TypedArray];

/** CRC-32C, in hexadecimal, over names, elements and metadata, in the order of the names. */
function checksum(data: readonly Named[], metadata: Readonly<Record<string, string>>): string {
  const text = new TextEncoder();
  let crc = crc32c(text.encode(JSON.stringify(Object.entries(metadata).sort(byName))));
  for (const [name, { buffer, byteOffset, byteLength }] of data.toSorted(byName)) {
    crc = crc32c(text.encode(name), crc);
    crc = crc32c(new Uint8Array(buffer, byteOffset, byteLength), crc);
  }
  return crc.toString(16).padStart(8, '0');
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function parse<T>(json: string | undefined): T {
  return JSON.parse(json ?? 'null');
}
