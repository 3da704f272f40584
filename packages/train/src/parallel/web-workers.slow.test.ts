// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  crossOriginIsolation,
  type FolderServer,
  serveFolder,
  startChromium,
} from '@tapeloop/browser-test';
import { closeTo } from '@tapeloop/core/testing';
import type { Browser, Page } from 'playwright-core';
import * as vite from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Training } from './browser/page-testing.ts';
import { itKeepsTheContract } from './contract-suite-testing.ts';
import { runWorkers } from './node-workers.ts';
import type { ReplicaPlan, ReplicaResult } from './replica-testing.ts';
import type { ThreadPlan } from './replica-worker-testing.ts';

const withoutDropout: ReplicaPlan = { steps: 30, outputKeep: 1, batch: 4 };
const withDropout: ReplicaPlan = { steps: 30, outputKeep: 0.7, batch: 4 };

let folder: string;
let browser: Browser;
let threads: readonly ReplicaResult[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-web-workers-'));
  [browser] = await Promise.all([startChromium(), buildPage()]);
  threads = await runWorkers<ThreadPlan, never, ReplicaResult>(
    new URL('./replica-worker-testing.ts', import.meta.url),
    { count: 2, data: withDropout },
  );
}, 300_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  {
    name: 'is cross-origin isolated',
    headers: crossOriginIsolation,
    transport: 'shared memory',
    channels: 0,
  },
  { name: 'is not isolated', headers: {}, transport: 'messages', channels: 1 },
])('Web Workers of a page that $name', ({ headers, transport, channels }) => {
  let server: FolderServer;
  let page: Page;
  let together: Training;

  const train = (count: number, plan: ReplicaPlan): Promise<Training> =>
    page.evaluate(`train(${count}, ${JSON.stringify(plan)})`);
  const failureOf = (plan: ReplicaPlan, lastStep?: number): Promise<string> =>
    page.evaluate(`failureOf(${JSON.stringify(plan)}, ${lastStep})`);

  beforeAll(async () => {
    server = await serveFolder(folder, headers);
    page = await browser.newPage();
    await page.goto(server.url);
    together = await train(2, withDropout);
  });

  afterAll(async () => {
    await page?.close();
    await server?.close();
  });

  it(`are joined by ${transport}`, async () => {
    expect(await page.evaluate('crossOriginIsolated')).toBe(channels === 0);
    expect(together.channels).toBe(channels);
  });

  describe.each([1, 3])('%i ranks', (size) => {
    itKeepsTheContract(size, () => page.evaluate(`runContract(${size})`));
  });

  it('stay identical to the bit', () => {
    const [first, second] = together.results;
    expect(second).toEqual(first);
  });

  it("have the same bits as Node's threads", () => {
    expect(together.results).toEqual(threads);
  });

  it('learn, two of them, what one with twice the rows does, to 1e-5', async () => {
    const [first] = (await train(2, withoutDropout)).results;
    const [alone] = (await train(1, { ...withoutDropout, batch: 8 })).results;
    expect(lossesOf(first).length).toBe(31);
    closeTo(lossesOf(first), lossesOf(alone), { relative: 1e-5, absolute: 0 });
  });

  it('leave the page free: it answers within half a second all the time', async () => {
    const { longestPause } = await train(2, { ...withoutDropout, steps: 500 });
    expect(longestPause).toBeGreaterThan(0);
    expect(longestPause).toBeLessThan(500);
  });

  it.each([
    ['throws', 'throw', 'RangeError: the data of this rank is gone'],
    ['closes itself', 'exit', 'Error: the worker ended without a result'],
  ] as const)('end with the error of one that %s', async (_name, kind, message) => {
    const plan: ReplicaPlan = { ...withDropout, failure: { rank: 1, step: 9, kind } };
    expect(await failureOf(plan)).toBe(`WorkerError: rank 1: ${message}`);
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it('end when their module cannot be loaded', async () => {
    expect(await page.evaluate('failureToLoad()')).toMatch(/^WorkerError: rank [01]: Error: /);
  });

  it('end when one is taken away', async () => {
    const failure = await failureOf({ ...withDropout, steps: 1e6 }, 9);
    expect(failure).toBe('WorkerError: rank 1: Error: the worker ended without a result');
    await expect.poll(() => page.workers().length).toBe(0);
  });
});

/** Of each step, and of the validation. */
function lossesOf(result: ReplicaResult | undefined): number[] {
  return result === undefined ? [] : [...result.losses, result.validation];
}

async function buildPage(): Promise<void> {
  const root = join(import.meta.dirname, 'browser');
  await vite.build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      target: 'esnext',
      rolldownOptions: {
        input: join(root, 'page-testing.ts'),
        output: { entryFileNames: 'page.js' },
      },
    },
    // Top-level await, and modules in workers.
    worker: { format: 'es' },
  });
  writeFileSync(join(folder, 'index.html'), '<script type="module" src="/page.js"></script>');
}
