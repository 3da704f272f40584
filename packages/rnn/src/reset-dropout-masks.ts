// SPDX-License-Identifier: Apache-2.0
import type { Module } from '@tapeloop/layers';

/**
 * Makes every dropout wrapper inside a module, however deep, draw new variational masks at its next
 * step outside a run: for loops that step cells by hand. `RNN` and `withRun` need no reset.
 */
export function resetDropoutMasks(module: Module): void {
  for (const [, each] of module.modules()) {
    if ('resetDropoutMasks' in each && typeof each.resetDropoutMasks === 'function') {
      each.resetDropoutMasks();
    }
  }
}
