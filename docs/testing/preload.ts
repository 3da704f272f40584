// SPDX-License-Identifier: Apache-2.0
// Runs before a page's code: prints each `console.log` as a line of JSON with the line of its call,
// and gives Node the little of a browser that the pages use, module workers.

import { format } from 'node:util';
import { isMainThread, type MessagePort, parentPort, Worker } from 'node:worker_threads';

console.log = (...values: unknown[]) => {
  const call = /page\.ts:(\d+):\d+/.exec(new Error().stack ?? '');
  process.stdout.write(`${JSON.stringify({ line: Number(call?.[1]), text: format(...values) })}\n`);
};

/** A web worker's interface on a thread of Node's. */
class ModuleWorker extends EventTarget {
  readonly #thread: Worker;

  constructor(url: URL) {
    super();
    this.#thread = new Worker(url);
    this.#thread.on('message', (data) => this.dispatchEvent(new MessageEvent('message', { data })));
    this.#thread.on('error', (error) => {
      throw error;
    });
  }

  postMessage(value: unknown, transfer: ArrayBuffer[] = []): void {
    this.#thread.postMessage(value, transfer);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}

if (isMainThread) Object.assign(globalThis, { Worker: ModuleWorker });
else if (parentPort !== null) listen(parentPort);

function listen(port: MessagePort): void {
  Object.assign(globalThis, {
    self: globalThis,
    postMessage: (value: unknown, transfer: ArrayBuffer[] = []) =>
      port.postMessage(value, transfer),
    addEventListener: (_: string, listener: (event: MessageEvent) => void) =>
      port.on('message', (data) => listener(new MessageEvent('message', { data }))),
  });
}
