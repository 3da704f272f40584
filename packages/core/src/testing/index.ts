// SPDX-License-Identifier: Apache-2.0
export { type CheckGradsOptions, checkGrads } from './check-grads.ts';
export { closeTo } from './close-to.ts';
export { cosines, sines } from './fixtures.ts';
export { expectNoLeaks, trackLeaks } from './leaks.ts';
