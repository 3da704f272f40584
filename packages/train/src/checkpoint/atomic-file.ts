// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

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

/** Removes the unfinished files that processes which are gone have left in a folder. */
export function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /\.(\d+)\.partial$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 is not sent: it only asks whether it could be.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function besideOf(path: string): string {
  return `${path}.${process.pid}.partial`;
}
