// SPDX-License-Identifier: Apache-2.0
// Milliseconds from nothing but Node to a first tensor: import and `init()`. Prints JSON.

const start = performance.now();
const { init } = await import('@tapeloop/core');
const imported = performance.now();
await init();
const ready = performance.now();
console.log(JSON.stringify({ import: imported - start, init: ready - imported }));
