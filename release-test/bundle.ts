// SPDX-License-Identifier: Apache-2.0
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import webpack from 'webpack';

/** Builds `index.html` and `page.js` of a project into its `dist`, with the bundler's own defaults. */
export type Bundler = (project: string) => Promise<void>;

/** Vite takes the page as it is. */
export async function buildWithVite(project: string): Promise<void> {
  await vite.build({
    root: project,
    configFile: false,
    logLevel: 'error',
    // Top-level await, and modules in workers.
    build: { target: 'esnext' },
    worker: { format: 'es' },
  });
}

/** Starts Vite's development server on a project. @returns its address, and what stops it. */
export async function serveWithVite(
  project: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = await vite.createServer({
    root: project,
    configFile: false,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0 },
  });
  await server.listen();
  const [url = ''] = server.resolvedUrls?.local ?? [];
  return { url, close: () => server.close() };
}

/** webpack makes scripts; the page is copied. */
export async function buildWithWebpack(project: string): Promise<void> {
  const compiler = webpack({
    mode: 'production',
    context: project,
    entry: './page.js',
    output: { path: join(project, 'dist'), filename: 'page.js', publicPath: 'auto' },
    performance: false,
  });
  await new Promise<void>((resolve, reject) => {
    compiler.run((error, stats) => {
      const failure =
        error ?? (stats?.hasErrors() ? new Error(stats.toString('errors-only')) : null);
      compiler.close(() => (failure === null ? resolve() : reject(failure)));
    });
  });
  copyPage(project);
}

/** esbuild makes the page and the worker, and copies wasm files that are imported. */
export async function buildWithEsbuild(project: string): Promise<void> {
  await esbuild.build({
    absWorkingDir: project,
    entryPoints: ['page.js', 'worker.js'],
    outdir: 'dist',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    loader: { '.wasm': 'file' },
    logLevel: 'error',
  });
  copyPage(project);
}

function copyPage(project: string): void {
  cpSync(join(project, 'index.html'), join(project, 'dist/index.html'));
}

/**
 * The bytes, gzipped, that a browser loads of our packages to run a program of a project: the
 * program, minified, with what it imports, and one build of the kernels, the larger. Not counted:
 * tfjs, and what loads on demand only: the other build, the scalar references for runtimes without
 * SIMD, wide mode, which no browser has, and the words for a start that failed.
 */
export async function downloadSize(project: string, program: string): Promise<number> {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: project,
    entryPoints: [program],
    outdir: 'size',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    external: ['@tensorflow/*'],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const sizes = new Map(
    outputFiles.map(({ path, contents }) => [
      basename(path),
      gzipSync(contents, { level: 9 }).length,
    ]),
  );
  const total = (paths: Iterable<string>) =>
    [...paths].reduce((sum, path) => sum + (sizes.get(basename(path)) ?? 0), 0);

  const loaded = new Set<string>();
  const left = Object.keys(metafile.outputs).filter((path) => basename(path) === program);
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    loaded.add(path);
    const imports = metafile.outputs[path]?.imports ?? [];
    for (const { kind, path: imported } of imports) {
      if (kind === 'import-statement' && !loaded.has(imported)) left.push(imported);
    }
  }
  const builds = [...sizes.keys()].filter((name) => /^(relaxed|simd)-/.test(name));
  if (builds.length !== 2)
    throw new Error('The two builds of the kernels must be loaded on demand.');
  return total(loaded) + Math.max(...builds.map((name) => total([name])));
}
