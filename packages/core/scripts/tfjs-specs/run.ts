// SPDX-License-Identifier: Apache-2.0
// Runs tfjs-core's own specs on the WASM backend. This file is bundled, with tfjs's ES modules, which Node cannot
// import as they are.
//
//   node specs.cjs <folder of tfjs's wasm files> <results.json> <stock | accelerated>
import { environment } from './globals.ts';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/tests.js';
import { writeFileSync } from 'node:fs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { accelerateTfjs } from '../../src/tfjs/index.ts';
import type { Outcome } from './outcome.ts';

async function main([wasmPaths = '', resultsFile = '', mode]: readonly string[]): Promise<void> {
  setWasmPaths(wasmPaths);
  if (mode === 'accelerated') await accelerateTfjs({ wasmPaths });
  const outcomes: Outcome[] = [];
  environment.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      outcomes.push({
        name: fullName.replace(/ wasm \{.*?\}/, ''),
        status,
        message: failedExpectations[0]?.message.slice(0, 300) ?? '',
      });
    },
  });
  // The specs print a great deal.
  for (const method of ['log', 'warn', 'error'] as const) console[method] = () => undefined;
  await environment.execute();
  writeFileSync(resultsFile, JSON.stringify(outcomes));
}

void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exit(1);
  },
);
