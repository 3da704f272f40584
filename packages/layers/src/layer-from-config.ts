// SPDX-License-Identifier: Apache-2.0
import { argumentMessage } from '@tapeloop/core';
import { Layer } from './layer.ts';
import { fromConfig, type SavedModule } from './registry.ts';

/** Rebuilds a layer from its config. @throws TypeError when the config is that of another module. */
export function layerFromConfig(saved: SavedModule): Layer {
  const module = fromConfig(saved);
  if (module instanceof Layer) return module;
  throw new TypeError(
    argumentMessage({
      op: 'fromConfig',
      argument: 'layer',
      expected: 'the config of a Layer',
      received: saved.className,
    }),
  );
}
