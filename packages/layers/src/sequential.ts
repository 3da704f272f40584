// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, type Tensor } from '@tapeloop/core';
import type { CallContext } from './call-context.ts';
import { Layer } from './layer.ts';
import { layerFromConfig } from './layer-from-config.ts';
import type { Config, Module, ModuleOptions } from './module.ts';
import { registerModule, type SavedModule, toConfig } from './registry.ts';

/**
 * Layers one after the other: `y = layersₙ(… layers₁(x))`. A mask that comes in, or that a layer such
 * as `Masking` makes, reaches the layers after it by their `computeMask`; it does not leave.
 *
 * Paths name a layer by its name; the second of a name gets `_1`, and so on: `dense`, `dense_1`.
 *
 * @throws TypeError when an entry is not a layer.
 */
export class Sequential extends Layer {
  readonly layers: readonly Layer[];
  readonly #children: ReadonlyMap<string, Layer>;

  constructor(layers: readonly Layer[], options: ModuleOptions = {}) {
    super(options);
    layers.forEach((layer, i) => {
      if (layer instanceof Layer) return;
      const argument = `layers[${i}]`;
      const expected = 'a Layer';
      throw new TypeError(
        argumentMessage({ op: 'Sequential', argument, expected, received: layer }),
      );
    });
    this.layers = [...layers];
    this.#children = byUniqueName(layers);
  }

  override get className(): string {
    return 'Sequential';
  }

  override children(): ReadonlyMap<string, Module> {
    return this.#children;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), layers: this.layers.map(toConfig) };
  }

  protected override forward(
    inputs: Tensor,
    _training: boolean,
    context: CallContext | undefined,
  ): Tensor {
    let x = inputs;
    let mask = context?.mask;
    for (const layer of this.layers) {
      const next = layer.computeMask(x, mask);
      x = layer.call(x, mask === undefined ? {} : { mask });
      mask = next;
    }
    return x;
  }
}

interface SequentialConfig extends ModuleOptions {
  readonly layers: readonly SavedModule[];
}

registerModule('Sequential', ({ layers, ...options }: SequentialConfig) => {
  return new Sequential(layers.map(layerFromConfig), options);
});

function byUniqueName(layers: readonly Layer[]): ReadonlyMap<string, Layer> {
  const named = new Map<string, Layer>();
  for (const layer of new Set(layers)) {
    let name = layer.name;
    for (let i = 1; named.has(name); i++) name = `${layer.name}_${i}`;
    named.set(name, layer);
  }
  return named;
}
