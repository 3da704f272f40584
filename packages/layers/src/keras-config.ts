// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';
import { camelCase, snakeCase } from './case.ts';
import { fromKerasObject, isKerasObject, type KerasObject, toKerasObject } from './keras-object.ts';
import type { Config, Module } from './module.ts';
import type { SavedModule } from './registry.ts';

/** Options of `fromKerasConfig`. */
export interface KerasConfigOptions {
  /**
   * The class to rebuild for a Keras class, where that is not the one of the same name: `{ Dropout:
   * 'V1Dropout' }`, or `{ DropoutWrapper: 'RNNCellDropoutWrapper' }`.
   */
  readonly classNames?: Readonly<Record<string, string>>;
}

/** Keras's names of classes that have another one here. */
const kerasNames: Readonly<Record<string, string>> = {
  V1Dropout: 'Dropout',
  RNNCellDropoutWrapper: 'DropoutWrapper',
  LayerNorm: 'LayerNormalization',
};
const readNames: Readonly<Record<string, string>> = { LayerNormalization: 'LayerNorm' };

/** Classes whose dtype is unset unless given, as those of TensorFlow 1. */
const withoutDType = ['V1Dropout', 'DropoutWrapper'];
/** Classes that keep `trainable` and `dtype`. */
const keepsBase = ['Dropout', 'V1Dropout', 'SpatialDropout1D', 'GaussianDropout', 'AlphaDropout'];
/** Layers that have dropout of their own; Keras's cells have it too. */
const takesDropout = ['LSTM', 'GRU', 'SimpleRNN'];
/** Keys of Keras's that mean nothing here when they have these values. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  trainable: [true],
  dtype: ['float32', null],
  dropout: [0],
  recurrent_dropout: [0],
  implementation: [0, 1, 2],
  batch_input_shape: [null],
  activity_regularizer: [null],
  dropout_fn_module: [null, '__main__'],
};

/**
 * What `fromConfig` rebuilds a module from, given what a Keras layer's `get_config` says:
 * `{ class_name, config }`, with everything inside in Keras's names.
 *
 * @throws ValueError for something that has no counterpart here: a constraint, dropout inside a cell,
 *   a dtype other than float32, or `trainable: false` of a layer with parameters.
 * @see Keras's `serialize` and `deserialize`.
 */
export function fromKerasConfig(saved: KerasObject, options: KerasConfigOptions = {}): SavedModule {
  const kerasName = saved.class_name;
  const className = options.classNames?.[kerasName] ?? readNames[kerasName] ?? kerasName;
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(saved.config)) {
    if (isNeutral(className, key, value)) continue;
    config[camelCase(key)] = readValue(key, value, options);
  }
  return { className, config };
}

/**
 * What Keras's `deserialize` takes, in Keras's names. Of a pair of TensorFlow's seeds it keeps the op
 * seed, which is the one that Keras's layers know.
 *
 * @throws what the module's `getConfig` throws.
 */
export function toKerasConfig(module: Module): KerasObject {
  return writeModule(module.className, { name: module.name, ...module.getConfig() });
}

function writeModule(className: string, { name, ...own }: Config): KerasObject {
  const config: Record<string, unknown> = { ...(name === undefined ? {} : { name }) };
  config['trainable'] = own['trainable'] ?? true;
  config['dtype'] = own['dtype'] ?? (withoutDType.includes(className) ? null : 'float32');
  for (const [key, value] of Object.entries(own)) {
    if (key === 'trainable' || key === 'dtype') continue;
    // An option that Keras does not have is left out where it is off.
    if (key === 'maskPerExample' && value === false) continue;
    // Says how gradients come, not what is computed.
    if (key === 'sparseGradient') continue;
    config[snakeCase(key)] = writeValue(key, value);
  }
  if (className === 'SpatialDropout1D') config['noise_shape'] = null;
  return { class_name: kerasNames[className] ?? className, config };
}

/**
 * Whether a key of Keras's says nothing that a module here has to be told.
 *
 * @throws ValueError when Keras would do something with it that Tapeloop does not.
 */
function isNeutral(className: string, key: string, value: unknown): boolean {
  const keepsBoth = keepsBase.includes(className);
  if (key === 'trainable' && keepsBoth) return value === true;
  if (key === 'dtype' && (keepsBoth || /Wrapper$/.test(className))) return value === null;
  if (key.endsWith('_constraint') && value === null) return true;
  if (className === 'SpatialDropout1D' && key === 'noise_shape' && value === null) return true;
  if (key === 'dtype' && isKerasObject(value)) return value.config['name'] === 'float32';
  const harmless = neutral[key];
  if (harmless?.includes(value)) return true;
  if (takesDropout.includes(className) && key.endsWith('dropout')) return false;
  if (harmless === undefined && !key.endsWith('_constraint')) return false;
  const expected = harmless === undefined ? 'null' : `one of ${harmless.map(String).join(', ')}`;
  const hint = key.endsWith('dropout')
    ? 'Wrap the cell in DropoutWrapper.'
    : 'It is not supported.';
  throw new ValueError(
    argumentMessage({
      op: 'fromKerasConfig',
      argument: `${className}.${key}`,
      expected,
      received: value,
      hint,
    }),
  );
}

function readValue(key: string, value: unknown, options: KerasConfigOptions): unknown {
  if (Array.isArray(value)) return value.map((entry) => readValue(key, entry, options));
  if (/^(cell|cells|layer|layers|embedding)$/.test(key) && isKerasObject(value)) {
    return fromKerasConfig(value, options);
  }
  if (/(initializer|regularizer)$/.test(key)) return fromKerasObject(value);
  if (/activation$/.test(key) && typeof value === 'string') return camelCase(value);
  return value;
}

function writeValue(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => writeValue(key, entry));
  if (isSavedModule(value)) return writeModule(value.className, value.config);
  if (/(Initializer|Regularizer)$/.test(key)) return toKerasObject(value);
  if (/[aA]ctivation$/.test(key) && typeof value === 'string') return snakeCase(value);
  if (key === 'seed' && typeof value === 'object' && value !== null && 'opSeed' in value) {
    return value.opSeed;
  }
  return value;
}

function isSavedModule(value: unknown): value is SavedModule {
  return typeof value === 'object' && value !== null && 'className' in value && 'config' in value;
}
