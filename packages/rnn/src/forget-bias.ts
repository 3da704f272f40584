// SPDX-License-Identifier: Apache-2.0
import { concat, ones } from '@tapeloop/core';
import type { Initializer } from '@tapeloop/layers';

/** A bias of the gates i, f, c, o that is 1 for f and as `initializer` says for the others. */
export function withForgetOnes(initializer: Initializer, units: number): Initializer {
  return (_shape, stream) =>
    concat([initializer([units], stream), ones([units]), initializer([2 * units], stream)]);
}
