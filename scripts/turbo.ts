// SPDX-License-Identifier: Apache-2.0
// Runs turbo without telemetry, with the pnpm that runs this script:
//
//   node scripts/turbo.ts run kernels

import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

const { npm_execpath: pnpm, PATH = '', ...environment } = process.env;

const { status, error } = spawnSync('turbo', process.argv.slice(2), {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: {
    ...environment,
    // Turbo looks for pnpm on the PATH. `npx pnpm` or a pnpm called by its path may not be there.
    PATH: pnpm === undefined ? PATH : PATH + delimiter + dirname(pnpm),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  },
});
if (error) throw error;
process.exitCode = status ?? 1;
