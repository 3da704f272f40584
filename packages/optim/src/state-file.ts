// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  decodeSafetensors,
  encodeSafetensors,
  tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import type { OptimizerState } from './state-snapshot.ts';

/** The key of the file's metadata that holds the scalars, as JSON. */
const SCALARS = 'scalars';

/**
 * Writes what `Optimizer.state()` returns as a safetensors file: the tensors by their names, and the
 * scalars as JSON in its metadata, which keeps every bit of both.
 *
 * @example
 * await writeFile('optimizer.safetensors', encodeOptimizerState(optimizer.state()));
 */
export function encodeOptimizerState(state: OptimizerState): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(state.tensors, { [SCALARS]: JSON.stringify(state.scalars) });
}

/**
 * Reads what `encodeOptimizerState` wrote, for `Optimizer.restore`. The tensors belong to the caller.
 *
 * @param source the file's name, for errors.
 * @throws SafetensorsError when the bytes are no safetensors file, ValueError when the file holds no
 *   optimizer's scalars.
 */
export function decodeOptimizerState(bytes: Uint8Array, source = 'bytes'): OptimizerState {
  const { tensors, metadata } = decodeSafetensors(bytes, { source });
  const scalars = parseScalars(metadata[SCALARS], source);
  return tidy(() => ({
    tensors: new Map(
      [...tensors].map(([name, { data, shape, dtype }]) => [name, tensor(data, shape, dtype)]),
    ),
    scalars,
  }));
}

function parseScalars(text: string | undefined, source: string): Record<string, number> {
  const scalars: Record<string, number> = {};
  const parsed = parse(text ?? 'null');
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    const entries = Object.entries(parsed);
    for (const [name, value] of entries) if (typeof value === 'number') scalars[name] = value;
    if (Object.keys(scalars).length === entries.length) return scalars;
  }
  throw new ValueError(
    argumentMessage({
      op: 'decodeOptimizerState',
      argument: `${SCALARS} in the metadata of ${source}`,
      expected: 'a JSON object of numbers',
      received: text,
      hint: 'Read a file that encodeOptimizerState wrote.',
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
