// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

const libraries = ['core', 'layers', 'rnn', 'optim', 'train'];

/** `pnpm test` runs `*.test.ts`; `--mode slow` runs the long ones, `*.slow.test.ts`, instead. */
export default defineConfig(({ mode }) => {
  const slow = mode === 'slow';
  const files = {
    include: [slow ? '**/*.slow.test.ts' : '**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(slow ? [] : ['**/*.slow.test.ts'])],
    testTimeout: slow ? 300_000 : 30_000,
  };
  return {
    test: {
      // tfjs keeps its kernels, gradients and backend in globals: every file gets a fresh process.
      pool: 'forks',
      isolate: true,
      // Left to itself it would leave a core free, which is half of a small machine. The slow tests
      // start programs of their own and measure.
      ...(slow ? {} : { maxWorkers: '100%' }),
      globals: false,
      passWithNoTests: slow,
      reporters: ['default', 'json'],
      outputFile: { json: `reports/${slow ? 'slow' : 'test'}.json` },
      projects: [
        ...libraries.map((name) => ({
          extends: true as const,
          root: `packages/${name}`,
          test: { ...files, name, setupFiles: ['../../scripts/test/fail-on-console.ts'] },
        })),
        { extends: true as const, root: 'apps/examples', test: { ...files, name: 'examples' } },
        { extends: true as const, root: 'benchmarks', test: { ...files, name: 'benchmarks' } },
        { extends: true as const, root: 'docs', test: { ...files, name: 'docs' } },
        {
          extends: true as const,
          root: 'release-test',
          test: { ...files, name: 'release-test', hookTimeout: slow ? 300_000 : 30_000 },
        },
        { extends: true as const, root: 'scripts', test: { ...files, name: 'scripts' } },
      ],
    },
  };
});
