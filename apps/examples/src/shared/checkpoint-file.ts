// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsEntry,
  type Tensor,
  type TypedArray,
} from '@tapeloop/core';
import { checkWritable, writeAtomically } from './atomic-file.ts';
import { reasonOf, UserError } from './user-error.ts';

/** Metadata key of the checksum over everything else in the file. */
const checksumKey = 'sha256';

/** What a checkpoint holds. */
export interface CheckpointContent {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes a checkpoint, a safetensors file with a checksum, whole or not at all.
 *
 * @throws UserError when the file cannot be written; an old one is as it was.
 */
export function saveCheckpoint(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): void {
  const data = [...tensors].map(([name, tensor]): Entry => [name, tensor.view()]);
  const bytes = encodeSafetensors(tensors, {
    ...metadata,
    [checksumKey]: checksum(data, metadata),
  });
  orUserError(path, () => writeAtomically(path, bytes));
}

/** Finds out before the work begins. @throws UserError when `saveCheckpoint` could not write there. */
export function checkCheckpointPath(path: string): void {
  orUserError(path, () => checkWritable(path));
}

/**
 * Reads a checkpoint.
 *
 * @throws UserError when there is none, when it is cut short or changed, or is another kind of file.
 */
export function loadCheckpoint(path: string): CheckpointContent {
  const bytes = readBytes(path);
  try {
    const { tensors, metadata } = decodeSafetensors(bytes, { source: path });
    const { [checksumKey]: expected, ...own } = metadata;
    const data = [...tensors].map(([name, entry]): Entry => [name, entry.data]);
    if (expected !== checksum(data, own)) throw new Error('its checksum is wrong');
    return { tensors, metadata: own };
  } catch (error) {
    throw damaged(path, error);
  }
}

/** The error for a file that is not what this program writes. */
export function damaged(path: string, reason: unknown): UserError {
  return new UserError(
    `--checkpoint: ${path} is damaged or no checkpoint of this program: ${reasonOf(reason)}`.replace(
      /\.?$/,
      '. Start anew without --resume, or name another file.',
    ),
  );
}

function orUserError(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UserError(
      `--checkpoint: cannot write ${path}: ${reasonOf(error)}. Name another file.`,
    );
  }
}

type Entry = readonly [name: string, data: TypedArray];

/** SHA-256 over names, elements and metadata, in the order of the names. */
function checksum(data: readonly Entry[], metadata: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  for (const [name, { buffer, byteOffset, byteLength }] of data.toSorted(byName)) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  hash.update(JSON.stringify(Object.entries(metadata).sort(byName)));
  return hash.digest('hex');
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(
      `--checkpoint: cannot read ${path}: ${reasonOf(error)}. Train a model first, or name another file.`,
    );
  }
}
