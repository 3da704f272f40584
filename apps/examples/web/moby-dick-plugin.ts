// SPDX-License-Identifier: Apache-2.0
import type { Plugin } from 'vite';
import { mobyDick } from '../src/shared/moby-dick.ts';

const fileName = 'moby-dick.txt';

/** Puts Moby-Dick beside the page as one text file, of the chapters that its package has. */
export function mobyDickFile(): Plugin {
  return {
    name: 'moby-dick-file',
    configureServer({ middlewares }) {
      middlewares.use(`/${fileName}`, (_request, response) => {
        response.setHeader('content-type', 'text/plain; charset=utf-8').end(mobyDick().text);
      });
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: mobyDick().text });
    },
  };
}
