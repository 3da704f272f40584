// SPDX-License-Identifier: Apache-2.0
import { RuntimeError, ValueError } from '@tapeloop/core';

/** What layers and cells of TensorFlow 1 have besides those of Keras. */
export interface LegacyLayer {
  /** The layer's name once it has been called. @throws ValueError before. */
  readonly scopeName: string;
  /** @throws RuntimeError always: there is no graph. */
  readonly graph: never;
  /** The losses that calling it has added: none, as Tapeloop's layers add none. */
  getLossesFor(inputs?: unknown): readonly unknown[];
  /** The updates that calling it has asked for: always none, as there is nothing that defers them. */
  getUpdatesFor(inputs?: unknown): readonly unknown[];
}

/** The error of `graph`. */
export function noGraph(op: string): RuntimeError {
  return new RuntimeError(
    `${op}: graph: there is none, as operations run when they are called. Record them with a ` +
      'GradientTape to see what depends on what.',
  );
}

/** The name for `scopeName`. @throws ValueError when the layer has not been called. */
export function scopeNameOf(op: string, name: string, isCalled: boolean): string {
  if (isCalled) return name;
  throw new ValueError(`${op}: scopeName: it has none before its first call. Call it first.`);
}
