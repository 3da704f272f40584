// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from 'node:http';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debianProgram } from '../debian-program-testing.ts';
import { itKeepsTheContract } from './contract-suite-testing.ts';
import { fromJson } from './outcome-json-testing.ts';

const entryPoints = ['web-page-testing.ts', 'web-contract-worker-testing.ts'].map((name) => {
  return new URL(name, import.meta.url).pathname;
});

const html = '<script type="module" src="/web-page-testing.js"></script>';

/** What makes a page cross-origin isolated, and so lets it have shared memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

let browser: Browser;
let files: ReadonlyMap<string, string>;

beforeAll(async () => {
  const executablePath = process.env['CHROMIUM'] ?? (await debianProgram('chromium', 'chromium'));
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const bundle = await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    write: false,
    outdir: '/',
    platform: 'browser',
  });
  files = new Map(bundle.outputFiles.map(({ path, text }) => [path, text]));
}, 300_000);

afterAll(() => browser.close());

describe.each([
  ['is cross-origin isolated', isolation, true],
  ['is not', {}, false],
])('Web Workers of a page that %s', (_name, headers, isIsolated) => {
  let server: Server;
  let page: Page;

  beforeAll(async () => {
    server = await serve(headers);
    page = await browser.newPage();
    await page.goto(urlOf(server));
  });

  afterAll(async () => {
    await page.close();
    server.closeAllConnections();
    server.close();
  });

  it(isIsolated ? 'have shared memory' : 'have messages only', async () => {
    expect(await page.evaluate('crossOriginIsolated')).toBe(isIsolated);
  });

  describe.each([1, 3])('%i ranks', (size) => {
    itKeepsTheContract(size, async () => fromJson(await page.evaluate(`keeps(${size})`)));
  });

  it('end with the error of the one that threw', async () => {
    expect(await page.evaluate('throws()')).toBe('WorkerError: rank 1: RangeError: replica lost');
  });

  it('end when their module cannot be loaded', async () => {
    expect(await page.evaluate('cannotLoad()')).toMatch(/^WorkerError: rank [01]: Error: /);
  });
});

async function serve(headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const file = url === '/' ? html : files.get(url);
    const type = url === '/' ? 'text/html' : 'text/javascript';
    response.writeHead(file === undefined ? 404 : 200, { ...headers, 'content-type': type });
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`;
}
