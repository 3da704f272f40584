// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder. */
export interface Folder {
  /** Another one in each test. */
  readonly path: string;
}

/** Gives each test of a file a folder with these files alone, by their names, and removes it after. */
export function folderOfTest(files: Readonly<Record<string, string>> = {}): Folder {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'tapeloop-example-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  });
  afterEach(() => {
    rmSync(path, { recursive: true });
  });
  return {
    get path() {
      return path;
    },
  };
}
