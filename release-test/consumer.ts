// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from './run.ts';

/** What a project is made of. */
export interface ConsumerOptions {
  /** Packages of ours; npm brings the rest. */
  readonly packages: readonly string[];
  /** Text of each file by its path. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes projects that install from one registry, each in a folder of its own below `folder`. */
export class ConsumerFactory {
  readonly #folder: string;
  readonly #npmrc: string;

  constructor(folder: string, npmrc: string) {
    this.#folder = folder;
    // One cache for all of them, thrown away with them.
    this.#npmrc = `${npmrc}cache=${join(folder, 'npm-cache')}\n`;
  }

  /** Writes a project and runs `npm install` in it. @returns its folder. */
  async make(name: string, { packages, files }: ConsumerOptions): Promise<string> {
    const project = join(this.#folder, name);
    const dependencies = Object.fromEntries(
      packages.map((short) => [`@tapeloop/${short}`, '^0.1.0']),
    );
    const manifest = { name, version: '1.0.0', private: true, type: 'module', dependencies };
    const written = { ...files, '.npmrc': this.#npmrc, 'package.json': JSON.stringify(manifest) };
    for (const [path, text] of Object.entries(written)) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), text);
    }
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await run('npm', args, { cwd: project });
    return project;
  }
}

/** A file of `consumers/`, as it is. */
export function source(name: string): string {
  return readFileSync(join(import.meta.dirname, 'consumers', name), 'utf8');
}

/** A TypeScript file of `consumers/` as JavaScript. */
export function javascript(name: string): string {
  return stripTypeScriptTypes(source(`${name}.ts`)).replaceAll(
    /(['"]\.\/[\w-]+)\.ts(['"])/g,
    '$1.js$2',
  );
}
