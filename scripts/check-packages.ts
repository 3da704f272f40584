// SPDX-License-Identifier: Apache-2.0
// Packs every public package as it would be published and checks the tarball: publint, are-the-types-wrong, its
// files, and that plain Node can import it. Run `pnpm build` first.
//
//   node scripts/check-packages.ts

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { publicPackages, readJson, root, type WorkspacePackage } from './workspace.ts';

const pnpm = process.env['npm_execpath'] ?? 'pnpm';
const work = mkdtempSync(join(tmpdir(), 'tapeloop-packages-'));
const problems: string[] = [];

/** Starts the packed core, in wide mode where this Node has it, without a warning. */
const start = `
  import { init, matMul, tensor } from '@tapeloop/core';
  const onWarning = (message) => { throw new Error(message); };
  const { wide } = await init({ wide: 'auto', onWarning });
  if (wide && parseInt(process.versions.node) < 24) throw new Error('wide mode before Node 24.');
  const product = matMul(tensor([[1, 2]]), tensor([[3], [4]])).item();
  if (product !== 11) throw new Error(\`1 · 3 + 2 · 4 must be 11, got \${product}.\`);`;

try {
  const packages = publicPackages();
  for (const subject of packages) check(subject);
  linkPeers(packages);
  for (const node of nodes()) for (const subject of packages) importWith(node, subject);
} finally {
  rmSync(work, { recursive: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Packs one package, checks the tarball and unpacks it where a consumer would have it. */
function check({ folder, manifest: { name } }: WorkspacePackage): void {
  const tarball = join(work, `${name.replace('@', '').replace('/', '-')}.tgz`);
  run(name, pnpm, ['pack', '--out', tarball], folder);
  run(name, 'publint', ['run', tarball, '--strict'], folder);
  run(name, 'attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'], folder);

  const unpacked = join(work, 'node_modules', name);
  mkdirSync(unpacked, { recursive: true });
  run(name, 'tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], work);
  for (const required of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']) {
    if (!existsSync(join(unpacked, required))) problems.push(`${name}: ${required} is missing.`);
  }
  const unwanted = ['**/*.test.*', '**/*testing.*', '**/*.tsbuildinfo'];
  for (const file of globSync(unwanted, { cwd: unpacked })) {
    problems.push(`${name}: ${file} must not be published.`);
  }
  for (const file of globSync('dist/**/*.js', { cwd: unpacked })) {
    const source = file.replace(/^dist/, 'src').replace(/\.js$/, '.ts');
    if (!existsSync(join(root, folder, source))) {
      problems.push(`${name}: ${file} has no source. Delete dist and build again.`);
    }
  }
}

/** Puts the libraries' outside dependencies beside the unpacked packages, as an install would. */
function linkPeers(packages: readonly WorkspacePackage[]): void {
  for (const { folder, manifest } of packages) {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      const link = join(work, 'node_modules', name);
      if (existsSync(link)) continue;
      mkdirSync(join(link, '..'), { recursive: true });
      symlinkSync(join(root, folder, 'node_modules', name), link, 'junction');
    }
  }
}

/** The Node that runs this script and, when there is another, the machine's own. */
function nodes(): string[] {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, executable))
    .find((path) => existsSync(path));
  return own === undefined ? [process.execPath] : [process.execPath, own];
}

function importWith(node: string, { folder, manifest: { name } }: WorkspacePackage): void {
  const manifest = readJson<{ exports: Record<string, string> }>(join(folder, 'package.json'));
  const modules = Object.entries(manifest.exports).filter(([, source]) => source.endsWith('.ts'));
  for (const [path] of modules) {
    const specifier = name + path.slice(1);
    run(specifier, node, ['--input-type=module', '--eval', `await import('${specifier}')`], work);
  }
  if (name === '@tapeloop/core') run(name, node, ['--input-type=module', '--eval', start], work);
}

function run(subject: string, command: string, args: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: cwd === work ? work : join(root, cwd),
    encoding: 'utf8',
  });
  if (status === 0) return;
  const output = [error?.message, stdout, stderr].filter(Boolean).join('\n');
  problems.push(`${subject}: \`${command} ${args.join(' ')}\` failed.\n${output}`);
}
