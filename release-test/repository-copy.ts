// SPDX-License-Identifier: Apache-2.0
import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from './run.ts';

/** The repository's folder. */
export const root: string = join(import.meta.dirname, '..');

/** The folder of each public package. */
export const packages: readonly string[] = globSync('packages/*/package.json', { cwd: root })
  .map((path) => basename(dirname(path)))
  .sort();

/** A copy of the repository in which a release can be made. */
export interface RepositoryCopy {
  readonly folder: string;
  /** Applies the changesets: versions and changelogs. */
  version(): Promise<void>;
  /** Publishes every version that the registry does not have. */
  publish(): Promise<void>;
  /** Describes a change as `pnpm changeset` does. */
  describe(name: string, bump: 'patch' | 'minor', text: string): void;
  /** Adds a line to a file. */
  append(path: string, line: string): void;
  /** The version that a package.json says. */
  versionOf(name: string): string;
  changelogOf(name: string): string;
}

/**
 * Copies the working tree (tracked and new files, and what `pnpm build` made) to `folder`, as a git
 * repository of its own. The working tree is only read.
 *
 * @param npmrc the lines that say where `publish` goes
 */
export async function copyRepository(folder: string, npmrc: string): Promise<RepositoryCopy> {
  const files = await run('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root });
  const built = globSync('packages/*/{dist,wasm}', { cwd: root });
  for (const path of [...files.split('\0'), ...built]) {
    if (path === '' || !existsSync(join(root, path))) continue;
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  linkTools(folder);
  writeFileSync(join(folder, '.npmrc'), npmrc);
  await git(folder, 'init', '--quiet', '--initial-branch', 'main');
  await commit(folder);

  const changeset = async (command: string) => {
    const cli = join(root, 'node_modules/@changesets/cli/bin.js');
    const environment = { PATH: `${pnpmFolder(folder)}:${process.env['PATH'] ?? ''}` };
    await run(process.execPath, [cli, command], { cwd: folder, environment });
    await commit(folder);
  };
  return {
    folder,
    version: () => changeset('version'),
    publish: () => changeset('publish'),
    describe(name, bump, text) {
      const file = join(folder, '.changeset', `${name}-${bump}.md`);
      writeFileSync(file, `---\n'@tapeloop/${name}': ${bump}\n---\n\n${text}\n`);
    },
    append: (path, line) => appendFileSync(join(folder, path), `${line}\n`),
    versionOf: (name) =>
      JSON.parse(readFileSync(join(folder, 'packages', name, 'package.json'), 'utf8')).version,
    changelogOf: (name) => readFileSync(join(folder, 'packages', name, 'CHANGELOG.md'), 'utf8'),
  };
}

/** The tools of the working tree; but the packages see each other in the copy. */
function linkTools(folder: string): void {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const name of packages) {
    const links = join(folder, 'packages', name, 'node_modules/@tapeloop');
    mkdirSync(links, { recursive: true });
    for (const other of packages) {
      symlinkSync(join(folder, 'packages', other), join(links, other), 'junction');
    }
  }
}

/** A folder with the pnpm that runs the tests, which may not be on the PATH. */
function pnpmFolder(folder: string): string {
  const path = process.env['npm_execpath'];
  if (path === undefined || !/pnpm/.test(path)) {
    const bin = join(folder, '.git/bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'pnpm'), '#!/bin/sh\nexec npx -y pnpm@12 "$@"\n', { mode: 0o755 });
    return bin;
  }
  return dirname(path);
}

async function commit(folder: string): Promise<void> {
  await git(folder, 'add', '--all');
  const author = ['-c', 'user.name=release test', '-c', 'user.email=release@localhost'];
  await git(folder, ...author, 'commit', '--quiet', '--allow-empty', '--message', 'A step');
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  await run('git', args, { cwd });
}
