// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { decodeCheckpoint, type SavedRun } from '../checkpoint/checkpoint.ts';
import { CheckpointFolder } from '../checkpoint/checkpoint-folder.ts';
import { UserError } from '../terminal/user-error.ts';
import { reasonOf } from '../text/reason.ts';

/** A checkpoint that was read. */
export interface OpenCheckpoint {
  readonly path: string;
  readonly saved: SavedRun;
}

/**
 * Reads the checkpoint that `--checkpoint` names: a file, or of a folder the latest or the best.
 *
 * @param warn told of later checkpoints that are damaged and were passed over.
 * @throws UserError when there is none; SafetensorsError or CheckpointError when it is damaged.
 */
export function openCheckpoint(
  path: string,
  { prefer, warn }: { readonly prefer: 'latest' | 'best'; readonly warn: (line: string) => void },
): OpenCheckpoint {
  if (!isFolder(path)) return readCheckpoint(path);
  const folder = new CheckpointFolder(path);
  if (folder.entries().length === 0) throw nothingAt(path, 'the folder has no checkpoint');
  const best = prefer === 'best' ? folder.best() : undefined;
  if (best !== undefined) return readCheckpoint(best.path);
  const { passedOver, ...found } = folder.readLatest();
  for (const { message } of passedOver) warn(`Passed over a damaged checkpoint: ${message}`);
  return found;
}

function readCheckpoint(path: string): OpenCheckpoint {
  return { path, saved: decodeCheckpoint(readBytes(path), { source: path }) };
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw nothingAt(path, 'no such file or folder');
  return found.isDirectory();
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw nothingAt(path, reasonOf(error));
  }
}

function nothingAt(path: string, reason: string): UserError {
  return new UserError(
    `--checkpoint: cannot read ${path}: ${reason}. Train a model first (tapeloop train), or name ` +
      'another folder.',
  );
}
