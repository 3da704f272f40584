// SPDX-License-Identifier: Apache-2.0

export { startChromium } from './chromium.ts';
export { crossOriginIsolation, type FolderServer, serveFolder } from './serve-folder.ts';
