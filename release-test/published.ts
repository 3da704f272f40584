// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsumerFactory } from './consumer.ts';
import { type Registry, startRegistry } from './registry.ts';
import { copyRepository, packages, type RepositoryCopy, root } from './repository-copy.ts';
import { run } from './run.ts';

/** A registry, a repository that publishes to it and projects that install from it, in one folder. */
export interface ReleaseGround {
  readonly registry: Registry;
  readonly repository: RepositoryCopy;
  readonly consumers: ConsumerFactory;
  /** Stops the registry and removes the folder. */
  remove(): Promise<void>;
}

/** Builds the packages and lays out a temporary folder. */
export async function layOut(): Promise<ReleaseGround> {
  const projects = packages.map((name) => `packages/${name}/tsconfig.src.json`);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-b', ...projects], { cwd: root });
  const folder = mkdtempSync(join(tmpdir(), 'tapeloop-release-'));
  const clear = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const registry = await startRegistry(join(folder, 'registry'));
  const remove = async () => {
    await registry.stop();
    clear();
  };
  try {
    const repository = await copyRepository(join(folder, 'repository'), registry.npmrc);
    const consumers = new ConsumerFactory(join(folder, 'consumers'), registry.npmrc);
    return { registry, repository, consumers, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
