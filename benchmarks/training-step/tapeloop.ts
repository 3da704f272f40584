// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { serve, type Trainer } from '../harness/serve.ts';
import { buildOptions } from './build-options.ts';
import { LanguageModelTrainer } from './language-model.ts';
import type { Workload } from './workload.ts';

/** The workload in Tapeloop, on the build that the first argument names. */
async function prepare(workload: Workload): Promise<Trainer> {
  const { kernels, wide } = await init(buildOptions(process.argv[2] ?? 'relaxed'));
  const trainer = new LanguageModelTrainer(workload);
  return {
    identity: {
      name: 'Tapeloop',
      version: 'this commit',
      build: `${kernels} kernels${wide ? ', wide' : ''}`,
      threads: 1,
    },
    step: () => trainer.step(),
    dispose: () => trainer.dispose(),
  };
}

await serve(prepare);
