// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join, normalize } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { run } from './run.ts';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
];

/**
 * Starts Chromium: `CHROMIUM` of the environment, or the one on the PATH. Where there is none, Debian's
 * is installed, which only root can do.
 *
 * @throws Error that says what to install when there is no browser.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium() ?? (await installChromium());
  return chromium.launch({ executablePath, args: flags, headless: true });
}

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env['CHROMIUM'] ?? '', ...paths].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}

async function installChromium(): Promise<string> {
  const lock = ['-o', 'DPkg::Lock::Timeout=180'];
  try {
    if (process.getuid?.() !== 0) throw new Error('only root can install packages');
    const cwd = process.cwd();
    await run('apt-get', [...lock, 'update'], { cwd });
    await run('apt-get', [...lock, 'install', '-y', '--no-install-recommends', 'chromium'], {
      cwd,
      environment: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (cause) {
    if (findChromium() === undefined) throw noChromium(cause);
  }
  const installed = findChromium();
  if (installed === undefined) throw noChromium(undefined);
  return installed;
}

function noChromium(cause: unknown): Error {
  const advice =
    'Install Chromium (`apt-get install chromium`), or let CHROMIUM name its executable';
  return new Error(`The browser tests found no Chromium and could not install it. ${advice}.`, {
    cause,
  });
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** What a page left in `globalThis.outcome`, and what the browser asked for in vain. */
export interface PageReport {
  readonly outcome: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
}

/** Serves a folder on the loopback address, opens its index.html and waits for the outcome. */
export async function openPage(browser: Browser, folder: string): Promise<PageReport> {
  const missing: string[] = [];
  const server = createServer(({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://localhost').pathname);
    const file = path === '/' ? '/index.html' : path;
    try {
      const body = readFileSync(join(folder, file));
      const type = types[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type }).end(body);
    } catch {
      missing.push(file);
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    const found = await page
      .waitForFunction(() => Reflect.get(globalThis, 'outcome'), undefined, { timeout: 30_000 })
      .catch((cause: unknown) => {
        throw new Error(`The page has no outcome. ${errors.join('\n')}`, { cause });
      });
    return { outcome: await found.jsonValue(), missing };
  } finally {
    await page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
