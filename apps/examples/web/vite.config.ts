// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';
import { mobyDickFile } from './moby-dick-plugin.ts';

export default defineConfig({
  root: import.meta.dirname,
  // The page works in any folder of a server.
  base: './',
  plugins: [mobyDickFile()],
  // Top-level await, and modules in workers.
  build: { target: 'es2023' },
  worker: { format: 'es' },
});
