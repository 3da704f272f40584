// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

/**
 * Starts Chromium: `CHROMIUM` of the environment, or the one on the PATH. Where there is none, Debian's
 * is installed, which only root can do.
 *
 * @throws Error that says what to install when there is no browser.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium() ?? (await installChromium());
  return chromium.launch({ executablePath, args: ['--disable-gpu'] });
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
    return true;
  } catch {
    return false;
  }
}

async function installChromium(): Promise<string> {
  try {
    if (process.getuid?.() !== 0) throw new Error('only root can install packages');
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', 'chromium');
  } catch (cause) {
    // Another test may have installed it meanwhile.
    if (findChromium() === undefined) throw noChromium(cause);
  }
  const installed = findChromium();
  if (installed === undefined) throw noChromium(undefined);
  return installed;
}

async function aptGet(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('apt-get', ['-o', 'DPkg::Lock::Timeout=180', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 2 ** 26,
  });
}

function noChromium(cause: unknown): Error {
  const advice =
    'Install Chromium (`apt-get install chromium`), or let CHROMIUM name its executable';
  return new Error(`The browser tests found no Chromium and could not install it. ${advice}.`, {
    cause,
  });
}
