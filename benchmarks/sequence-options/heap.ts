// SPDX-License-Identifier: Apache-2.0
// The heap after some training steps in a fresh process: it never shrinks, so that is its highest. Arguments: hidden,
// batch, time. Prints JSON.

import { init, memory } from '@tapeloop/core';
import { LanguageModelTrainer } from '../training-step/language-model.ts';
import { workload } from '../training-step/workload.ts';

const [hidden = 0, batch = 0, time = 0] = process.argv.slice(2).map(Number);
await init();
const { heapBytes: first } = memory();
const trainer = new LanguageModelTrainer(workload(hidden, batch, time));
for (let i = 0; i < 6; i++) trainer.step();
const { heapBytes: highest, bytes: between } = memory();
console.log(JSON.stringify({ first, highest, between }));
