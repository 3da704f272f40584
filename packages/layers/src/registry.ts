// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';
import type { Config, Module } from './module.ts';

/** A module as JSON can hold it: the class and its constructor's arguments, without parameters. */
export interface SavedModule {
  readonly className: string;
  readonly config: Config;
}

/** What is registered; a config comes from JSON, and constructors check what it holds. */
type FromConfig = (config: never) => Module;

const registered = new Map<string, FromConfig>();

/**
 * Tells `fromConfig` how to rebuild a class. The library's own classes are registered when they are
 * imported.
 *
 * @param fromConfig from what `getConfig` returned, perhaps by way of JSON, to a new module.
 * @throws ValueError when the name is taken.
 */
export function registerModule<C>(className: string, fromConfig: (config: C) => Module): void {
  if (registered.has(className)) {
    throw new ValueError(
      argumentMessage({
        op: 'registerModule',
        argument: 'className',
        expected: 'a name that no class is registered under',
        received: className,
      }),
    );
  }
  registered.set(className, fromConfig);
}

/**
 * Rebuilds a module, without its parameters' values.
 *
 * @throws ValueError when the class is not registered.
 */
export function fromConfig({ className, config }: SavedModule): Module {
  const create = registered.get(className);
  if (create !== undefined) return create(config as never);
  throw new ValueError(
    argumentMessage({
      op: 'fromConfig',
      argument: 'className',
      expected: `one of ${[...registered.keys()].join(', ')}`,
      received: className,
      hint: 'Import the class, or register your own with registerModule().',
    }),
  );
}

/** A module as JSON can hold it; `fromConfig` reads it. */
export function toConfig(module: Module): SavedModule {
  return { className: module.className, config: module.getConfig() };
}
