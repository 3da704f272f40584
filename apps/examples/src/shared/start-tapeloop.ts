// SPDX-License-Identifier: Apache-2.0
import { init, type RuntimeInfo } from '@tapeloop/core';

/** Starts Tapeloop with the fastest kernels that this machine has. */
export function startTapeloop(): Promise<RuntimeInfo> {
  return init();
}
