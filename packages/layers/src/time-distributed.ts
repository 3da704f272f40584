// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, reshape, type Shape, ShapeError, type Tensor } from '@tapeloop/core';
import { Layer } from './layer.ts';
import { layerFromConfig } from './layer-from-config.ts';
import type { Config, InputShape, ModuleOptions } from './module.ts';
import { registerModule, type SavedModule, toConfig } from './registry.ts';

/**
 * Applies a layer to each step of a sequence on its own: `y[b, t] = layer(x[b, t])`. It computes all
 * steps at once, as one batch of `batch · time` rows.
 *
 * Shapes: inputs `[batch, time, ...]`, outputs `[batch, time, ...]` of what the layer makes of
 * `[batch · time, ...]`. Its parameters are the layer's, under `layer`.
 *
 * @throws TypeError when `layer` is none; at a call, ShapeError when the inputs have fewer than two
 *   dimensions, or when the layer does not keep the number of rows.
 * @see Keras's `TimeDistributed`.
 */
export class TimeDistributed extends Layer {
  readonly layer: Layer;

  constructor(layer: Layer, options: ModuleOptions = {}) {
    super(options);
    if (!(layer instanceof Layer)) {
      const expected = 'a Layer';
      throw new TypeError(
        argumentMessage({ op: 'TimeDistributed', argument: 'layer', expected, received: layer }),
      );
    }
    this.layer = layer;
  }

  override get className(): string {
    return 'TimeDistributed';
  }

  override getConfig(): Config {
    return { ...super.getConfig(), layer: toConfig(this.layer) };
  }

  protected override createParameters(inputShape: InputShape): void {
    checkRank(inputShape);
    this.layer.build([null, ...inputShape.slice(2)]);
  }

  protected override forward(inputs: Tensor): Tensor {
    checkRank(inputs.shape);
    const [batch = 0, time = 0, ...rest] = inputs.shape;
    const outputs = this.layer.call(reshape(inputs, [batch * time, ...rest]));
    return reshape(outputs, [batch, time, ...rowShape(outputs, batch * time)]);
  }
}

interface TimeDistributedConfig extends ModuleOptions {
  readonly layer: SavedModule;
}

registerModule('TimeDistributed', ({ layer, ...options }: TimeDistributedConfig) => {
  return new TimeDistributed(layerFromConfig(layer), options);
});

function checkRank(shape: InputShape): void {
  if (shape.length >= 2) return;
  const expected = 'of shape [batch, time, ...]';
  throw new ShapeError(
    argumentMessage({ op: 'TimeDistributed', argument: 'inputs', expected, received: shape }),
  );
}

function rowShape(outputs: Tensor, rows: number): Shape {
  if (outputs.shape[0] === rows) return outputs.shape.slice(1);
  const expected = `a layer that keeps its ${rows} rows`;
  throw new ShapeError(
    argumentMessage({
      op: 'TimeDistributed',
      argument: 'layer',
      expected,
      received: outputs.shape,
    }),
  );
}
