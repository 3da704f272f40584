// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Manifest,
  publicPackages,
  readJson,
  relativeImports,
  root,
  type WorkspacePackage,
  workspacePackages,
} from './workspace.ts';

/** Who may import whom: the boundaries that CONTRIBUTING.md draws. A new package needs a line. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  '@tapeloop/core': [],
  '@tapeloop/layers': ['@tapeloop/core'],
  '@tapeloop/optim': ['@tapeloop/core'],
  '@tapeloop/rnn': ['@tapeloop/core', '@tapeloop/layers'],
  '@tapeloop/train': ['@tapeloop/core', '@tapeloop/layers', '@tapeloop/optim', '@tapeloop/rnn'],
};
/** What the tests of every package may import. */
const testTools = ['@tapeloop/browser-test'];
/** What a private package may import. */
const everything = [...Object.keys(mayImport), ...testTools];

describe.each(workspacePackages())('$manifest.name', (subject) => {
  const { folder, manifest } = subject;

  it('depends only on the packages below it', () => {
    const allowed = manifest.private === true ? everything : mayImport[manifest.name];
    expect(allowed, `${manifest.name} must have a line in mayImport`).toBeDefined();
    expect(allowed).toEqual(expect.arrayContaining(workspaceDependencies(manifest)));
  });

  it('takes every version from the catalog or the workspace', () => {
    const versions = Object.values(allDependencies(manifest));
    expect(versions.filter((version) => !/^(catalog:|workspace:\^$)/.test(version))).toEqual([]);
  });

  it('references the TypeScript projects of exactly its workspace dependencies', () => {
    const project = manifest.private === true ? 'tsconfig.json' : 'tsconfig.src.json';
    expect(referencedFolders(subject, project)).toEqual(
      workspaceDependencies(manifest).map(folderOf).sort(),
    );
  });

  it('is referenced by the root tsconfig.json', () => {
    expect(references('tsconfig.json').map(({ path }) => path)).toContain(folder);
  });
});

describe.each(publicPackages())('$manifest.name for bundlers', ({ folder, manifest }) => {
  it('lists in sideEffects what is imported only to run, and who imports it', () => {
    const listed = manifest.sideEffects || [];
    const dropped = modulesImportedToRun(folder)
      .flatMap((source) => [source, source.replace(/^src/, 'dist').replace(/ts$/, 'js')])
      .filter((path) => !listed.some((pattern) => matchesGlob(path, pattern.replace('./', ''))));
    expect(dropped).toEqual([]);
  });
});

const keptAnyway = [
  // The compiler reads it: every op has its rule.
  'packages/core/src/ops/table.ts',
  // Threads run it.
  'packages/train/src/cli/train-worker.ts',
];

describe.each(publicPackages())('$manifest.name without its tests', ({ folder, manifest }) => {
  it('is all within reach of its exports; a file for tests alone is named …testing.ts', () => {
    const reached = filesWithinReach(exportedSources(folder, manifest));
    const published = globSync('src/**/*.ts', { cwd: join(root, folder) })
      .filter((path) => !/(\.test|testing)\.ts$/.test(path) && !path.includes('node_modules'))
      .map((path) => join(folder, path));
    const unused = published.filter((path) => !reached.has(path) && !keptAnyway.includes(path));
    expect(unused).toEqual([]);
  });
});

/** Entries that Node alone can import. */
const nodeEntries = ['./node', './mpi'];

describe.each(publicPackages())('$manifest.name in a browser', ({ folder, manifest }) => {
  it(`imports no module of Node, but for what ${nodeEntries.join(' and ')} export`, () => {
    const entries = Object.entries(manifest.exports ?? {})
      .filter(([entry, target]) => !nodeEntries.includes(entry) && target.endsWith('.ts'))
      .map(([, target]) => join(folder, target));
    const importers = [...filesWithinReach(entries)].filter((path) =>
      /(?:from|import)\s*\(?\s*'node:/.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(entries).not.toEqual([]);
    expect(importers).toEqual([]);
  });
});

function exportedSources(folder: string, { exports = {}, bin = {} }: Manifest): string[] {
  return [...Object.values(exports), ...Object.values(bin)]
    .filter((target) => target.endsWith('.ts'))
    .map((target) => join(folder, target));
}

/** `files` and all that they import, directly or not, by paths from the root. */
function filesWithinReach(files: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const left = [...files];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const text = readFileSync(join(root, path), 'utf8');
    left.push(...relativeImports(text).map((target) => join(dirname(path), target)));
  }
  return reached;
}

/** Both ends of each `import './module.ts'` in a package's sources: a bundler may drop either. */
function modulesImportedToRun(folder: string): string[] {
  return globSync('src/**/*.ts', { cwd: join(root, folder) })
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      return [...text.matchAll(/^import '(\.[^']*)'/gm)].flatMap(([, target = '']) => [
        path,
        join(dirname(path), target),
      ]);
    });
}

function allDependencies(manifest: Manifest): Record<string, string> {
  return {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  };
}

/** Of a public package without the tools of its tests, which are no part of what is published. */
function workspaceDependencies(manifest: Manifest): string[] {
  const { devDependencies = {} } = manifest;
  const tools =
    manifest.private === true ? [] : testTools.filter((name) => name in devDependencies);
  return Object.keys(allDependencies(manifest)).filter(
    (name) => name.startsWith('@tapeloop/') && !tools.includes(name),
  );
}

function folderOf(name: string): string {
  const found = workspacePackages().find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`${name} is not a package of this workspace.`);
  return found.folder;
}

function referencedFolders({ folder }: WorkspacePackage, project: string): string[] {
  return references(join(folder, project))
    .map(({ path }) => join(folder, dirname(path)))
    .sort();
}

function references(path: string): readonly { readonly path: string }[] {
  return readJson<{ references?: { path: string }[] }>(path).references ?? [];
}
