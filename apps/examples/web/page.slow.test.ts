// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FolderServer, serveFolder, startChromium } from '@tapeloop/browser-test';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, OpenedPage, type OpenOptions, startDevServer } from './page-testing.ts';

/** Learnt within a few steps. */
const smallText = 'The whale swam on, and the ship sailed after it.\n'.repeat(200);

let folder: string;
let server: FolderServer;
let browser: Browser;
let opened: OpenedPage | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  [browser] = await Promise.all([startChromium(), buildPage(folder)]);
  server = await serveFolder(folder);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(options: Partial<OpenOptions> = {}): Promise<OpenedPage> {
  opened = await OpenedPage.open(browser, { url: server.url, ...options });
  return opened;
}

/** The page in training, on a small text. */
async function openTraining(options: Partial<OpenOptions> = {}): Promise<OpenedPage> {
  const page = await open(options);
  await page.chooseText('whale.txt', smallText);
  await page.waitForText('#text-name', /^whale.txt$/);
  await page.chooseSmallModel();
  await page.primary.click();
  await page.waitForStep(1);
  return page;
}

describe("training on a text of one's own", () => {
  it('brings the loss below half of the first, draws both curves, writes, pauses and goes on', async () => {
    const page = await openTraining();
    const { page: tab } = page;
    await page.waitForStep(2);
    const first = Number((await page.chartLabel()).match(/training (\S+),/)?.[1]);
    await page.waitForStep(60);
    expect(await page.figure('speed')).toBeGreaterThan(100);
    const step = await page.pause();
    expect(await page.figure('training-loss')).toBeLessThan(first / 2);
    expect(await page.figure('validation-loss')).toBeLessThan(first / 2);
    expect(await page.chartLabel()).toContain(`after ${step} steps`);
    const columns = await page.drawnColumns(['--training', '--validation']);
    expect(Math.min(...columns)).toBeGreaterThan(100);
    await tab.waitForTimeout(400);
    expect(await page.figure('step')).toBe(step);

    const captions = await tab.locator('#samples li p').allTextContents();
    expect(captions.at(-1)).toBe('After 1 step, temperature 0.70');
    expect(captions).toContain('After 50 steps, temperature 0.70');
    expect((await page.text('#samples li:last-child .written')).length).toBe(280);

    await page.primary.click();
    await page.waitForStep(step + 5);
    expect(page.complaints).toEqual([]);
    expect(server.missing).toEqual([]);
  });

  it('writes at the temperature of the slider: at 0 the same twice', async () => {
    const page = await openTraining();
    await page.pause();
    await page.page.fill('#prompt', 'The ship');
    await page.page.fill('#temperature', '0');
    const first = await page.writeSample(/temperature 0\.00$/);
    expect(first).toMatch(/^The ship/);
    expect(await page.writeSample(/temperature 0\.00$/)).toBe(first);
    await page.page.fill('#temperature', '1.5');
    expect(await page.writeSample(/temperature 1\.50$/)).not.toBe(first);
  });
});

describe('a file', () => {
  it('is saved, and restores step, losses, text and settings in another page, which goes on', async () => {
    const page = await openTraining();
    await page.waitForStep(20);
    const step = await page.pause();
    const loss = await page.figure('training-loss');
    const [download] = await Promise.all([
      page.page.waitForEvent('download'),
      page.page.click('#save'),
    ]);
    expect(download.suggestedFilename()).toBe(`whale-step-${step}.safetensors`);
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    await page.close();

    const other = await open();
    await other.page.setInputFiles('#model-file', path);
    await other.waitForText('#status', /^Paused after step/);
    expect(await other.figure('step')).toBe(step);
    expect(await other.figure('training-loss')).toBe(loss);
    expect(await other.text('#text-name')).toBe('whale.txt');
    expect(await other.page.inputValue('#units')).toBe('32');
    await other.primary.click();
    await other.waitForStep(step + 5);
    expect(await other.figure('training-loss')).toBeLessThan(loss * 1.5);
    expect(other.complaints).toEqual([]);
  });

  it('of another kind gets one line, and the page is as it was', async () => {
    const page = await open();
    const buffer = readFileSync(join(folder, 'index.html'));
    await page.page.setInputFiles('#model-file', {
      name: 'cat.safetensors',
      mimeType: 'application/octet-stream',
      buffer,
    });
    await page.waitForText('#problem', /^cat\.safetensors is no model of this page: .+\.$/);
    expect(await page.text('#primary')).toBe('Start');
    await page.chooseText('short.txt', 'Too short.');
    await page.waitForText('#problem', /^short\.txt has 10 characters; at least 2,000 are needed/);
    await page.chooseText('picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
    await page.waitForText('#problem', /^picture\.png is not plain text in UTF-8\./);
    expect(await page.text('#text-name')).toBe('Moby-Dick');
  });

  it('can be dropped', async () => {
    const page = await open();
    const transfer = await page.page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'dropped.txt'));
      return transfer;
    }, smallText);
    await page.page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await page.waitForText('#text-name', /^dropped\.txt$/);
  });
});

describe('a lost worker', () => {
  it('that crashed is told, and training goes on from the last copy', async () => {
    const page = await openTraining();
    await page.waitForStep(101);
    await page.worker.evaluate(() => {
      setTimeout(() => {
        throw new Error('This is a test.');
      });
    });
    await page.waitForText('#problem', /^The worker that trains has crashed\.$/);
    expect(await page.text('#text-name')).toBe('whale.txt');
    await page.waitForText('#primary', /^Go on from step \d+00$/);
    await page.primary.click();
    await page.waitForText('#status', /^Training\.$/);
    expect(await page.text('#problem')).toBe('');
    await page.waitForStep(110);
  });

  it('that vanished without a word is noticed, and another can be started with the same text', async () => {
    const page = await openTraining({ prepare: (page) => page.clock.install() });
    await page.pause();
    await page.worker.evaluate(() => globalThis.close()).catch(() => undefined);
    await page.page.clock.runFor(15_000);
    await page.waitForText('#problem', /^The worker that trains does not answer any more;/);
    await page.waitForText('#primary', /^Start again$/);
    await page.primary.click();
    await page.waitForText('#status', /^Training\.$/);
    expect(await page.text('#text-name')).toBe('whale.txt');
  });

  it('with too little memory gets a plain message, and a smaller model trains after it', async () => {
    const page = await open({
      // What a browser does that has no more memory to give.
      prepare: async (page) => {
        await page.route('**/worker-*.js', async (route) => {
          const response = await route.fetch();
          const refuse = 'WebAssembly.Memory.prototype.grow = () => { throw new RangeError(); };';
          await route.fulfill({ response, body: refuse + (await response.text()) });
        });
      },
    });
    await page.chooseText('whale.txt', smallText);
    await page.page.selectOption('#units', '256');
    await page.page.selectOption('#layers', '3');
    await page.primary.click();
    await page.waitForText('#problem', /^There is too little memory for this model\. Choose fewer/);
    await page.chooseSmallModel();
    await page.primary.click();
    await page.waitForStep(5);
  });
});

describe('for everybody', () => {
  it('works by keyboard alone', async () => {
    const page = await open();
    const { keyboard } = page.page;
    const focused = () => page.page.evaluate(() => document.activeElement?.id ?? '');
    const tabTo = async (id: string, key = 'Tab') => {
      for (let i = 0; i < 30 && (await focused()) !== id; i++) await keyboard.press(key);
      expect(await focused()).toBe(id);
    };
    await tabTo('primary');
    await tabTo('text-file');
    await tabTo('cell');
    await keyboard.press('ArrowDown');
    await tabTo('state-dropout');
    await keyboard.press('ArrowRight');
    await tabTo('variational');
    await keyboard.press('Space');
    await tabTo('primary', 'Shift+Tab');
    await keyboard.press('Enter');
    await page.waitForStep(2);
    expect(await focused()).toBe('primary');
    expect(await page.text('#model-size')).toMatch(/^2 GRU layers of 128 units/);
    await keyboard.press('Enter');
    await page.waitForText('#status', /^Paused/);
    await tabTo('temperature');
    await keyboard.press('ArrowRight');
    await page.waitForText('#samples li:first-child p', /temperature 0\.75$/);
    await tabTo('prompt');
    await keyboard.type('Ahab');
    await keyboard.press('Enter');
    await page.waitForText('#samples li:first-child blockquote', /^Ahab/);
    await tabTo('model-file', 'Shift+Tab');
    await tabTo('start-over', 'Shift+Tab');
    await keyboard.press('Enter');
    await page.waitForText('#primary', /^Start$/);
    expect(await focused()).toBe('primary');
  });

  it.each(['light', 'dark'] as const)(
    'fits a phone 360 px wide, in %s colours, before and in training',
    async (colorScheme) => {
      const page = await open({ viewport: { width: 360, height: 740 }, colorScheme });
      expect(await page.sidewaysScroll()).toBe(0);
      await page.primary.click();
      await page.waitForStep(3);
      expect(await page.sidewaysScroll()).toBe(0);
      expect(await page.primary.isVisible()).toBe(true);
    },
  );

  it('stays responsive while it trains: the page works a quarter of the time at most', async () => {
    const page = await open();
    await page.primary.click();
    await page.waitForStep(2);
    const { busy, longestFrame } = await page.watchMainThread(3000);
    expect(busy).toBeGreaterThan(0);
    expect(busy).toBeLessThan(0.25);
    expect(longestFrame).toBeLessThan(500);
    const clicked = performance.now();
    await page.pause();
    expect(performance.now() - clicked).toBeLessThan(1000);
  });
});

it('runs from the development server too', async () => {
  const development = await startDevServer();
  try {
    const page = await open({ url: development.url });
    await page.chooseSmallModel();
    await page.primary.click();
    await page.waitForStep(5);
    expect(page.complaints).toEqual([]);
  } finally {
    await opened?.close();
    opened = undefined;
    await development.close();
  }
});
