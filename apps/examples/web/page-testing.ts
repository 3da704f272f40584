// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page, ViewportSize, Worker } from 'playwright-core';
import * as vite from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Builds the page into a folder, as `page:build` does. */
export async function buildPage(folder: string): Promise<void> {
  await vite.build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
}

/** Starts the server that `page` starts, on the loopback address. */
export async function startDevServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server = await vite.createServer({
    root,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0] ?? '';
  return { url, close: () => server.close() };
}

/** How the page is opened. */
export interface OpenOptions {
  readonly url: string;
  readonly viewport?: ViewportSize;
  readonly colorScheme?: 'light' | 'dark';
  /** Runs before the page is fetched. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** A browser's page, by what a person sees and does. */
export class OpenedPage {
  readonly page: Page;
  /** Exceptions that nobody caught, and what the console was told, but for `console.debug`. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() !== 'debug') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, { url, prepare, ...options }: OpenOptions) {
    const page = await browser.newPage(options);
    const opened = new OpenedPage(page);
    await prepare?.(page);
    await page.goto(url);
    await opened.waitForText('#text-name', /^Moby-Dick$/);
    return opened;
  }

  /** Offers a text as a file, as if it were picked. */
  async chooseText(name: string, content: string | Buffer): Promise<void> {
    const buffer = Buffer.from(content);
    await this.page.setInputFiles('#text-file', { name, mimeType: 'text/plain', buffer });
  }

  /** Chooses a model that trains quickly. */
  async chooseSmallModel(): Promise<void> {
    await this.page.selectOption('#units', '32');
    await this.page.selectOption('#layers', '1');
  }

  get primary(): Locator {
    return this.page.locator('#primary');
  }

  /** The number that a figure shows, NaN where it shows none. */
  async figure(id: 'step' | 'training-loss' | 'validation-loss' | 'speed'): Promise<number> {
    return Number((await this.text(`#${id}`)).replaceAll(',', '').replace('–', 'NaN'));
  }

  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).textContent()) ?? '';
  }

  async waitForText(selector: string, pattern: RegExp): Promise<string> {
    const found = await this.page.waitForFunction(
      ([selector, source]) => {
        const text = document.querySelector(selector)?.textContent ?? '';
        return new RegExp(source).test(text) ? { text } : undefined;
      },
      [selector, pattern.source] as const,
      { timeout: 20_000 },
    );
    return (await found.jsonValue())?.text ?? '';
  }

  /** Waits until training has passed a step. */
  async waitForStep(step: number): Promise<void> {
    await this.page.waitForFunction(
      (step) => Number(document.querySelector('#step')?.textContent?.replaceAll(',', '')) >= step,
      step,
      { timeout: 20_000 },
    );
  }

  async pause(): Promise<number> {
    await this.primary.click();
    await this.waitForText('#status', /^Paused/);
    return this.figure('step');
  }

  /** Asks for a sample, and waits for all of it. */
  async writeSample(caption: RegExp): Promise<string> {
    const before = await this.page.locator('#samples li').count();
    await this.page.click('#write');
    await this.page.locator('#samples li').nth(before).waitFor();
    await this.waitForText('#samples li:first-child p', caption);
    await this.waitForText('#samples li:first-child .written', /^[\s\S]{280}$/);
    return this.text('#samples li:first-child blockquote');
  }

  /** What the chart says of itself. */
  async chartLabel(): Promise<string> {
    return (await this.page.locator('#chart').getAttribute('aria-label')) ?? '';
  }

  /** For each colour of the style sheet, in how many columns of the chart it is drawn. */
  drawnColumns(colours: readonly string[]): Promise<number[]> {
    return this.page.evaluate(countColumns, colours);
  }

  /**
   * Watches the page's main thread for a while: the processor time that its tasks take, as a share of
   * the time, and the longest gap between two frames in milliseconds.
   */
  async watchMainThread(milliseconds: number): Promise<{ busy: number; longestFrame: number }> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const taskSeconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const before = await taskSeconds();
    const longestFrame = await this.page.evaluate(longestGap, milliseconds);
    const busy = ((await taskSeconds()) - before) / (milliseconds / 1000);
    await session.detach();
    return { busy, longestFrame };
  }

  /** Width in CSS pixels by which the page can be scrolled sideways. */
  async sidewaysScroll(): Promise<number> {
    return this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  }

  get worker(): Worker {
    const [worker] = this.page.workers();
    if (worker === undefined) throw new Error('The page has no worker.');
    return worker;
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

/** Runs in the page. */
function countColumns(colours: readonly string[]): number[] {
  const canvas = document.querySelector('canvas');
  const context = canvas?.getContext('2d');
  if (!canvas || !context) return colours.map(() => 0);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return colours.map((name) => {
    const hex = getComputedStyle(document.documentElement).getPropertyValue(name).slice(1);
    const wanted = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    const isDrawn = (pixel: number) =>
      wanted.every((channel, i) => Math.abs((data[4 * pixel + i] ?? 0) - channel) < 24) &&
      (data[4 * pixel + 3] ?? 0) > 128;
    const columns = new Set<number>();
    for (let pixel = 0; pixel < width * height; pixel++) {
      if (isDrawn(pixel)) columns.add(pixel % width);
    }
    return columns.size;
  });
}

/** Runs in the page: the longest gap between two frames. */
async function longestGap(milliseconds: number): Promise<number> {
  let longest = 0;
  const start = performance.now();
  let before = start;
  while (before - start < milliseconds) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
  }
  return longest;
}
