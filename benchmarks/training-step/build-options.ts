// SPDX-License-Identifier: Apache-2.0
import type { InitOptions } from '@tapeloop/core';

/** A build of the kernels by its name; `wide` is the relaxed one in V8's wide mode. */
export function buildOptions(build: string): InitOptions {
  if (build === 'wide') return { wide: 'auto' };
  if (build === 'relaxed' || build === 'simd') return { kernels: build };
  throw new Error(`the build must be simd, relaxed or wide, got ${build}.`);
}
