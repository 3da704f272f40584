// SPDX-License-Identifier: Apache-2.0

/**
 * Waits for the next turn of the event loop, so that signals, messages and input are served between
 * two steps. `setTimeout` would wait for a millisecond or, in browsers, four.
 */
export function nextTurn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
