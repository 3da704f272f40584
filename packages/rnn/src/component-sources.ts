// SPDX-License-Identifier: Apache-2.0
import type { RandomStream, Seed } from '@tapeloop/core';
import { callPath, joinPath, RandomSource } from '@tapeloop/layers';
import { type Component, componentSeedOf } from './component-seed.ts';

/** The random sources of one component, one for each leaf, by component and leaf, such as `state_1`. */
export class ComponentSources {
  readonly #op: string;
  readonly #component: Component;
  readonly #seed: Seed | undefined;
  readonly #made = new Map<string, RandomSource>();

  /** @param seed that of the whole wrapper; each leaf has its own of it. */
  constructor(op: string, component: Component, seed: Seed | undefined) {
    this.#op = op;
    this.#component = component;
    this.#seed = seed;
  }

  /** Those that were made. */
  get made(): ReadonlyMap<string, RandomSource> {
    return this.#made;
  }

  /** The source of a leaf, made when it is first asked for. */
  source(index: number): RandomSource {
    const name = `${this.#component}_${index}`;
    const held = this.#made.get(name);
    if (held !== undefined) return held;
    const seed =
      this.#seed === undefined ? undefined : componentSeedOf(this.#seed, this.#component, index);
    const source = new RandomSource(this.#op, seed);
    this.#made.set(name, source);
    return source;
  }

  /** The stream of a leaf, by the path of the running call where there is no seed. */
  stream(index: number): RandomStream {
    return this.source(index).stream(joinPath(callPath(), `${this.#component}_${index}`));
  }
}
