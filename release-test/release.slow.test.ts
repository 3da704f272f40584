// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startChromium } from '@tapeloop/browser-test';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, outcomeOf } from './browser.ts';
import {
  type Bundler,
  buildWithEsbuild,
  buildWithVite,
  buildWithWebpack,
  downloadSize,
  serveWithVite,
} from './bundle.ts';
import { compilerErrors, compilers } from './compilers.ts';
import { javascript, source } from './consumer.ts';
import { layOut, type ReleaseGround } from './published.ts';
import { packages } from './repository-copy.ts';
import { run } from './run.ts';

let ground: ReleaseGround;

beforeAll(async () => {
  ground = await layOut();
});
afterAll(() => ground?.remove());

const second = 'The second release of the release test.';

describe('a release to a registry of its own', () => {
  it('publishes all packages in one version, from 0.1.0 on, with changelogs', async () => {
    const { repository } = ground;
    await repository.version();
    await repository.publish();
    for (const name of packages) {
      expect(repository.versionOf(name)).toBe('0.1.0');
      expect(repository.changelogOf(name)).toMatch(/^## 0\.1\.0$/m);
      expect(await published(name)).toEqual(['0.1.0']);
    }
  });

  it('publishes a patch of one package as the next version of all, the change in its changelog alone', async () => {
    const { repository } = ground;
    repository.append('packages/optim/README.md', second);
    repository.describe('optim', 'patch', second);
    await repository.version();
    await repository.publish();
    for (const name of packages) {
      expect(repository.versionOf(name)).toBe('0.1.1');
      expect(await published(name)).toEqual(['0.1.0', '0.1.1']);
      expect(repository.changelogOf(name).includes(second)).toBe(name === 'optim');
    }
  });

  it('publishes what the packages depend on: each other by range, tfjs and koffi as peers, nothing else', async () => {
    const dependencies = async (name: string) => {
      const { dependencies = {}, peerDependencies = {} } = await manifest(name);
      return { dependencies, peers: Object.keys(peerDependencies).sort() };
    };
    const own = (...names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [`@tapeloop/${name}`, '^0.1.1']));
    const tfjs = ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-core'];
    expect(await dependencies('core')).toEqual({ dependencies: {}, peers: tfjs });
    expect(await dependencies('layers')).toEqual({ dependencies: own('core'), peers: [] });
    expect(await dependencies('optim')).toEqual({ dependencies: own('core'), peers: [] });
    expect(await dependencies('rnn')).toEqual({ dependencies: own('core', 'layers'), peers: [] });
    expect(await dependencies('train')).toEqual({
      dependencies: own('core', 'layers', 'optim', 'rnn'),
      peers: ['koffi'],
    });
  });
});

/** The Node that runs the tests and, when there is another, the machine's own. */
const nodes = [...new Set([process.execPath, machineNode()])];

describe.each(nodes)('a project in Node: %s', (node) => {
  it.each([
    ['core', ['core']],
    ['optim', ['optim', 'core']],
    ['sequence', packages],
  ])('%s trains as an ES module, its loss at least halved', async (program, needed) => {
    const files = { 'train.js': javascript(program), 'main.js': printing('./train.js') };
    const cwd = await ground.consumers.make(`${program}-${nodes.indexOf(node)}`, {
      packages: needed,
      files,
    });
    expectFall(JSON.parse(await run(node, ['main.js'], { cwd })));
  });

  it('trains from CommonJS, by require() where this Node can and by import()', async () => {
    const cwd = await ground.consumers.make(`commonjs-${nodes.indexOf(node)}`, {
      packages: ['optim', 'core'],
      files: { 'main.cjs': source('commonjs.cjs') },
    });
    const canRequire = await run(node, ['-p', 'process.features.require_module === true'], { cwd });
    const ways = canRequire.trim() === 'true' ? ['require', 'import'] : ['import'];
    for (const way of ways) expectFall(JSON.parse(await run(node, ['main.cjs', way], { cwd })));
  });
});

/** All entries that browsers can import, but for `@tapeloop/core/tfjs`. */
const entries = [
  ...packages.map((name) => `@tapeloop/${name}`),
  '@tapeloop/core/kernels',
  '@tapeloop/core/testing',
];

describe.each(compilers)(
  'a project in strict TypeScript %s that checks its libraries',
  (version, tsc) => {
    it.each([
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ])('has no error, with module %s and moduleResolution %s', async (module, moduleResolution) => {
      const programs = ['core.ts', 'optim.ts', 'sequence.ts'];
      const cwd = await ground.consumers.make(`types-${version}-${moduleResolution}`, {
        packages,
        files: {
          ...Object.fromEntries(programs.map((name) => [name, source(name)])),
          'entries.ts': entries.map((entry, i) => `export * as e${i} from '${entry}';\n`).join(''),
          'wrong.ts':
            "import { tensor } from '@tapeloop/core';\nexport const shape: string = tensor([1]).shape;\n",
          'tfjs.ts': "import '@tensorflow/tfjs-core';\nimport '@tensorflow/tfjs-backend-wasm';\n",
          'beside-tfjs.ts':
            "export * as beside from '@tapeloop/core/tfjs';\nexport { Tensor } from '@tensorflow/tfjs-core';\n",
        },
      });
      const errors = (...files: readonly string[]) =>
        compilerErrors(tsc, cwd, [
          '--module',
          module,
          '--moduleResolution',
          moduleResolution,
          ...files,
        ]);
      expect(await errors('entries.ts', ...programs)).toEqual([]);
      const [mistake, ...others] = await errors('wrong.ts');
      expect(mistake).toMatch(/^wrong\.ts.*not assignable to type 'string'/);
      expect(others).toEqual([]);
      // The declarations of tfjs 4.22 do not pass: the entry that speaks its types adds no error of its own.
      expect(await errors('tfjs.ts', 'beside-tfjs.ts')).toEqual(await errors('tfjs.ts'));
    });
  },
);

describe('the size of core', () => {
  it.each([
    ['a page with all that the entry exports', 'all.js', "export * from '@tapeloop/core';\n"],
    ['a program that trains', 'core.js', javascript('core')],
  ])('%s loads at most 60 kB of core with its kernels, gzipped', async (_, program, text) => {
    const cwd = await ground.consumers.make(`size-${program}`, {
      packages: ['core'],
      files: { [program]: text },
    });
    const bytes = await downloadSize(cwd, program);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThanOrEqual(60_000);
  });
});

describe('a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  /** The form of import that esbuild's file loader understands. */
  const imported = `import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
    export const options = { wasmPaths: { 'tfjs-backend-wasm-simd.wasm': simd } };`;

  it.each<[string, Bundler, string]>([
    ['Vite', buildWithVite, javascript('options')],
    ['webpack', buildWithWebpack, javascript('options')],
    ['esbuild, which needs an import of the wasm file', buildWithEsbuild, imported],
  ])('trains in the window and in a Web Worker, built by %s', async (name, build, options) => {
    const cwd = await ground.consumers.make(`page-${name.slice(0, 4)}`, {
      packages,
      files: pageFiles(options),
    });
    await build(cwd);
    const { outcome, missing } = await openPage(browser, join(cwd, 'dist'));
    expectFall(outcome['inWindow']);
    expectFall(outcome['inWorker']);
    expect(missing.filter((path) => path !== '/favicon.ico')).toEqual([]);
  });

  it("trains in the window and in a Web Worker, served by Vite's development server", async () => {
    const cwd = await ground.consumers.make('page-development', {
      packages,
      files: pageFiles(javascript('options')),
    });
    const { url, close } = await serveWithVite(cwd);
    try {
      const outcome = await outcomeOf(browser, url);
      expectFall(outcome['inWindow']);
      expectFall(outcome['inWorker']);
    } finally {
      await close();
    }
  });

  it('says what to write where the bundler does not copy the wasm file', async () => {
    const cwd = await ground.consumers.make('page-without-wasm', {
      packages,
      files: pageFiles(javascript('options')),
    });
    await buildWithEsbuild(cwd);
    const { outcome } = await openPage(browser, join(cwd, 'dist'));
    const advice =
      /did not start.*import simd from '@tensorflow\/tfjs-backend-wasm\/dist\/tfjs-backend-wasm-simd.wasm'.*await init\(\{ wasmPaths: \{ 'tfjs-backend-wasm-simd.wasm': simd \} \}\)/;
    expect(outcome['inWindow']).toMatch(advice);
    expect(outcome['inWorker']).toMatch(advice);
  });
});

function pageFiles(options: string): Record<string, string> {
  return {
    'index.html':
      '<!doctype html><meta charset="utf-8"><script type="module" src="./page.js"></script>',
    'page.js': javascript('page'),
    'worker.js': javascript('worker'),
    'sequence.js': javascript('sequence'),
    'options.js': options,
  };
}

function printing(module: string): string {
  return `import { train } from '${module}';\nconsole.log(JSON.stringify(await train()));\n`;
}

/** The mean loss of the last ten steps is below half of the first loss. */
function expectFall(losses: unknown): void {
  expect(losses, String(losses)).toBeInstanceOf(Array);
  const numbers = Array.isArray(losses) ? losses.map(Number) : [];
  expect(numbers).toHaveLength(60);
  const end = numbers.slice(-10).reduce((total, loss) => total + loss, 0) / 10;
  expect(end).toBeLessThan((numbers[0] ?? 0) / 2);
}

interface Packument {
  readonly versions: Readonly<Record<string, PublishedManifest>>;
}

interface PublishedManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

async function packument(name: string): Promise<Packument> {
  return (await fetch(`${ground.registry.url}/@tapeloop%2f${name}`)).json() as Promise<Packument>;
}

async function published(name: string): Promise<string[]> {
  return Object.keys((await packument(name)).versions).sort();
}

async function manifest(name: string): Promise<PublishedManifest> {
  return (await packument(name)).versions['0.1.1'] ?? {};
}

function machineNode(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const own = folders.filter((folder) => !folder.includes('node_modules'));
  return (
    own.map((folder) => join(folder, 'node')).find((path) => existsSync(path)) ?? process.execPath
  );
}
