// SPDX-License-Identifier: Apache-2.0
import { serveFolder } from '@tapeloop/browser-test';
import type { Browser } from 'playwright-core';

/** What a page left in `globalThis.outcome`. */
export type Outcome = Readonly<Record<string, unknown>>;

/** An outcome, and what the browser asked for in vain. */
export interface PageReport {
  readonly outcome: Outcome;
  readonly missing: readonly string[];
}

/** Opens a page and waits for its outcome. @throws Error with the page's errors when there is none. */
export async function outcomeOf(browser: Browser, url: string): Promise<Outcome> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  try {
    await page.goto(url);
    const found = await page
      .waitForFunction(() => Reflect.get(globalThis, 'outcome'), undefined, { timeout: 30_000 })
      .catch((cause: unknown) => {
        throw new Error(`The page has no outcome. ${errors.join('\n')}`, { cause });
      });
    return await found.jsonValue();
  } finally {
    await page.close();
  }
}

/** Serves a folder on the loopback address and opens its index.html. */
export async function openPage(browser: Browser, folder: string): Promise<PageReport> {
  const { url, missing, close } = await serveFolder(folder);
  try {
    return { outcome: await outcomeOf(browser, url), missing };
  } finally {
    await close();
  }
}
