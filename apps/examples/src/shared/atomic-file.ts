// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all: into a new file beside it, which then takes its name. Makes the
 * folder when it is missing. When it throws, the old file is as it was.
 */
export function writeAtomically(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = besideOf(path);
  try {
    const file = openSync(beside, 'w');
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Makes sure that `writeAtomically` will be able to write; leaves nothing behind but the folder. */
export function checkWritable(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = besideOf(path);
  try {
    closeSync(openSync(beside, 'w'));
  } finally {
    rmSync(beside, { force: true });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new Error('it is a folder');
  }
}

function besideOf(path: string): string {
  return `${path}.${process.pid}.partial`;
}
