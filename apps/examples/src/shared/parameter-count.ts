// SPDX-License-Identifier: Apache-2.0
import type { Module } from '@tapeloop/layers';

/** How many numbers a model learns. */
export function parameterCount(model: Module): number {
  return model.parameters().reduce((sum, { size }) => sum + size, 0);
}
