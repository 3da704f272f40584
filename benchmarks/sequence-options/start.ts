// SPDX-License-Identifier: Apache-2.0
// Milliseconds from nothing but Node to a first tensor: import and `init()`. Argument: the module's URL; default the
// sources, whose types Node strips while it loads them. Prints JSON.

const { argv } = process;
const start = performance.now();
const { init }: typeof import('@tapeloop/core') = await import(argv[2] ?? '@tapeloop/core');
const imported = performance.now();
await init();
const ready = performance.now();
console.log(JSON.stringify({ import: imported - start, init: ready - imported }));
