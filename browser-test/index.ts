// SPDX-License-Identifier: Apache-2.0

export { startChromium } from './chromium.ts';
export { type FolderServer, serveFolder } from './serve-folder.ts';
