// SPDX-License-Identifier: Apache-2.0
import {
  type Parameter,
  type SafetensorsEntry,
  type Shape,
  sameShape,
  showShape,
  ValueError,
} from '@tapeloop/core';
import type { LoadOptions, LoadReport } from '@tapeloop/layers';

/** The tensors of a file by name, as `decodeSafetensors` gives them. */
export type WeightTensors = ReadonlyMap<string, SafetensorsEntry>;

/** Where a parameter's value comes from. */
export interface WeightSource {
  readonly path: string;
  readonly parameter: Parameter;
  /** Names and shapes of the tensors that make it up. */
  readonly from: readonly (readonly [name: string, shape: Shape])[];
  /** Their elements as the parameter's. */
  readonly convert: (elements: readonly Float32Array[]) => Float32Array;
}

/**
 * Assigns every parameter from its tensors, all or none.
 *
 * @throws ValueError naming every tensor that is missing, unexpected (both unless `strict` is
 *   `false`), or has another shape or dtype.
 */
export function assignWeights(
  op: string,
  sources: readonly WeightSource[],
  tensors: WeightTensors,
  { strict = true }: LoadOptions,
): LoadReport {
  const named = sources.flatMap(({ path, from }) =>
    from.map(([name, shape]) => ({ path, name, shape })),
  );
  const known = new Set(named.map(({ name }) => name));
  const missing = named.filter(({ name }) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !known.has(name));
  const wrong = named.flatMap(({ path, name, shape }) => {
    const entry = tensors.get(name);
    if (entry === undefined || (isFloat(entry) && sameShape(entry.shape, shape))) return [];
    const received = `${entry.dtype} ${showShape(entry.shape)}`;
    return [`${name} (float32 ${showShape(shape)} for ${path}, got ${received})`];
  });
  const lacking = missing.map(({ name, path }) => `${name} (for ${path})`);
  const problems = [
    ...(strict && missing.length > 0 ? [`missing ${lacking.join(', ')}`] : []),
    ...(strict && unexpected.length > 0 ? [`unexpected ${unexpected.join(', ')}`] : []),
    ...(wrong.length > 0 ? [`wrong shape ${wrong.join(', ')}`] : []),
  ];
  if (problems.length > 0) {
    throw new ValueError(
      `${op}: tensors must be those of the ${sources.length} parameters, got ` +
        `${problems.join('; ')}. Nothing was changed. Give names where modules are called otherwise.`,
    );
  }
  for (const { parameter, from, convert } of sources) {
    const elements = from.flatMap(([name]) => elementsOf(tensors.get(name)));
    if (elements.length < from.length) continue;
    const values = convert(elements);
    parameter.update((target) => target.set(values));
  }
  return { missing: missing.map(({ path }) => path), unexpected };
}

function isFloat({ data }: SafetensorsEntry): boolean {
  return data instanceof Float32Array;
}

function elementsOf(entry: SafetensorsEntry | undefined): Float32Array[] {
  return entry?.data instanceof Float32Array ? [entry.data] : [];
}
