// SPDX-License-Identifier: Apache-2.0
import { camelCase, snakeCase } from './case.ts';

/** A Keras config: constructor arguments under Keras's names. */
export type KerasConfig = Readonly<Record<string, unknown>>;

/** Anything as Keras's `serialize` gives it. */
export interface KerasObject {
  readonly class_name: string;
  readonly config: KerasConfig;
}

/** Initializers whose Keras name is not ours with a capital. */
const kerasNames: Readonly<Record<string, string>> = {
  normal: 'RandomNormal',
  uniform: 'RandomUniform',
  l1l2: 'L1L2',
};
const ownNames: Readonly<Record<string, string>> = {
  RandomNormal: 'normal',
  RandomUniform: 'uniform',
  random_normal: 'normal',
  random_uniform: 'uniform',
  L1L2: 'l1l2',
  L1: 'l1',
  L2: 'l2',
};

/** Whether something looks like what Keras's `serialize` gives. */
export function isKerasObject(value: unknown): value is KerasObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    'class_name' in value &&
    typeof value.class_name === 'string' &&
    'config' in value &&
    typeof value.config === 'object' &&
    value.config !== null
  );
}

/** An initializer or regularizer of Keras's, `{ class_name, config }` or a name, as ours are saved. */
export function fromKerasObject(value: unknown): unknown {
  if (typeof value === 'string') return ownNames[value] ?? camelCase(value);
  if (!isKerasObject(value)) return value;
  const { class_name: kerasName, config } = value;
  const name = ownNames[kerasName] ?? kerasName.charAt(0).toLowerCase() + kerasName.slice(1);
  const given = Object.entries(config).filter(([, each]) => each !== null && each !== undefined);
  const options = Object.fromEntries(given.map(([key, each]) => [keyOf(key), each]));
  return given.length === 0 ? { name } : { name, options };
}

/** An initializer or regularizer as it is saved, as Keras writes it. */
export function toKerasObject(value: unknown): unknown {
  const named = typeof value === 'string' ? { name: value } : value;
  if (typeof named !== 'object' || named === null || !('name' in named)) return value;
  const { name } = named;
  if (typeof name !== 'string') return value;
  const options = 'options' in named ? Object.entries(named.options ?? {}) : [];
  const config = Object.fromEntries(options.map(([key, each]) => [kerasKeyOf(key), each]));
  return { class_name: kerasNames[name] ?? name.charAt(0).toUpperCase() + name.slice(1), config };
}

/** Keras shortens bounds; ours are whole words. */
function keyOf(key: string): string {
  return { minval: 'minimum', maxval: 'maximum' }[key] ?? camelCase(key);
}

function kerasKeyOf(key: string): string {
  return { minimum: 'minval', maximum: 'maxval' }[key] ?? snakeCase(key);
}
