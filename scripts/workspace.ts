// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A workspace package as its files declare it. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The parts of a package.json that the scripts read. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly sideEffects?: false | readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The repository's folder. */
export const root: string = join(import.meta.dirname, '..');

/** Every package of the workspace, sorted by folder. */
export function workspacePackages(): WorkspacePackage[] {
  return globSync(
    workspaceFolders().map((folder) => `${folder}/package.json`),
    { cwd: root },
  )
    .sort()
    .map((path) => ({ folder: dirname(path), manifest: readJson<Manifest>(path) }));
}

/** The packages that are published, without the private ones. */
export function publicPackages(): WorkspacePackage[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/** The relative paths that a module imports or exports from, in its order. */
export function relativeImports(text: string): string[] {
  const imports = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g);
  return Array.from(imports, ([, target = '']) => target);
}

/** What pnpm-workspace.yaml lists under `packages`. */
function workspaceFolders(): string[] {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const [, list = ''] = /^packages:\n((?: +- .*\n)+)/m.exec(text) ?? [];
  return [...list.matchAll(/^ +- (.*)$/gm)].map(([, folder = '']) => folder);
}

/** Reads a JSON file of the repository, comments on lines of their own allowed. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8').replace(/^\s*\/\/.*$/gm, ''));
}
