// SPDX-License-Identifier: Apache-2.0
import { type Parameter, sameShape, showShape, type Tensor, ValueError } from '@tapeloop/core';

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** Whether missing and unexpected keys are errors. Default true. Wrong shapes always are. */
  readonly strict?: boolean;
}

/** What a load that was not strict passed over. */
export interface LoadReport {
  /** Parameters that the map has no value for. */
  readonly missing: readonly string[];
  /** Keys of the map that name no parameter. */
  readonly unexpected: readonly string[];
}

/** Assigns values to parameters by path, all or none. @throws ValueError as `loadStateDict` does. */
export function loadParameters(
  op: string,
  parameters: readonly (readonly [path: string, parameter: Parameter])[],
  values: ReadonlyMap<string, Tensor>,
  { strict = true }: LoadOptions,
): LoadReport {
  const known = new Set(parameters.map(([path]) => path));
  const missing = [...known].filter((path) => !values.has(path));
  const unexpected = [...values.keys()].filter((path) => !known.has(path));
  const wrong = parameters.flatMap(([path, { shape }]) => {
    const value = values.get(path);
    if (value === undefined || (value.dtype === 'float32' && sameShape(value.shape, shape)))
      return [];
    return [`${path} (float32 ${showShape(shape)}, got ${value.dtype} ${showShape(value.shape)})`];
  });
  const problems = [
    ...(strict && missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
    ...(strict && unexpected.length > 0 ? [`unexpected ${unexpected.join(', ')}`] : []),
    ...(wrong.length > 0 ? [`wrong shape ${wrong.join(', ')}`] : []),
  ];
  if (problems.length > 0) {
    throw new ValueError(
      `${op}: loadStateDict: values must be those of the ${known.size} parameters, got ` +
        `${problems.join('; ')}. Nothing was changed.`,
    );
  }
  for (const [path, parameter] of parameters) {
    const value = values.get(path);
    if (value !== undefined) parameter.assign(value);
  }
  return { missing, unexpected };
}
