// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';
import type { Initializer, SavedInitializer } from '../initializer.ts';
import { constant, ones, zeros } from './constant.ts';
import { orthogonal } from './orthogonal.ts';
import { normal, truncatedNormal, uniform } from './random.ts';
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
} from './variance-scaling.ts';

/** The initializers by name, with Keras's defaults. `initializers.uniform({ maximum: 0.1 })`. */
export const initializers = {
  zeros,
  ones,
  constant,
  uniform,
  normal,
  truncatedNormal,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  orthogonal,
} as const;

/** A name in `initializers`. */
export type InitializerName = keyof typeof initializers;

/** How a layer's option gives an initializer: a name, a function, or what a config holds. */
export type InitializerLike = InitializerName | Initializer | SavedInitializer;

/** The initializer that an option means. @throws ValueError for an unknown name. */
export function toInitializer(op: string, initializer: InitializerLike): Initializer {
  if (typeof initializer === 'function') return initializer;
  const { name, options } = typeof initializer === 'string' ? { name: initializer } : initializer;
  const factories: Readonly<Record<string, (options?: Record<string, number>) => Initializer>> =
    initializers;
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
  if (factory !== undefined) return factory(options);
  throw new ValueError(
    argumentMessage({
      op,
      argument: 'initializer',
      expected: `one of ${Object.keys(initializers).join(', ')}`,
      received: name,
    }),
  );
}

/** An initializer for a config. @throws ValueError for a function that has no name there. */
export function savedInitializer(op: string, { saved }: Initializer): InitializerLike {
  if (saved === undefined) {
    throw new ValueError(
      `${op}: getConfig: a config cannot hold an initializer that is a function of your own. Use ` +
        'one of the named ones, or save the model without its config.',
    );
  }
  return saved;
}
