// SPDX-License-Identifier: Apache-2.0
// What a bundler makes a page of: it trains in the window, then in a Web Worker.
import { options } from './options.ts';
import { train } from './sequence.ts';

const inWindow = await train(options).catch((error: unknown) => String(error));
const inWorker = await new Promise((resolve) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => resolve(`The worker failed: ${message}`);
});
Object.assign(globalThis, { outcome: { inWindow, inWorker } });
