// SPDX-License-Identifier: Apache-2.0
// What tfjs's specs expect around them. They call `describe` as soon as they are imported: import this first.
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import { type Environment, installGlobals, jasmine } from 'jasmine-core';

installGlobals(globalThis);

/** The environment that runs the specs. */
export const environment: Environment = jasmine.getEnv();
environment.configure({ random: false, forbidDuplicateNames: false });

setTestEnvs([
  {
    name: 'wasm',
    backendName: 'wasm',
    flags: { WASM_HAS_SIMD_SUPPORT: true, WASM_HAS_MULTITHREAD_SUPPORT: false },
    isDataSync: true,
  },
]);
