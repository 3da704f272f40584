// SPDX-License-Identifier: Apache-2.0
import { init, type RuntimeInfo } from '@tapeloop/core';

/** Starts Tapeloop with the fastest kernels that this machine has, in wide mode where it is right. */
export function startTapeloop(): Promise<RuntimeInfo> {
  return init({ wide: 'auto' });
}

/** `relaxed kernels, wide` */
export function describeKernels({ kernels, wide }: RuntimeInfo): string {
  return `${kernels} kernels${wide ? ', wide' : ''}`;
}
