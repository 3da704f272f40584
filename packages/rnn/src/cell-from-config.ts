// SPDX-License-Identifier: Apache-2.0
import { argumentMessage } from '@tapeloop/core';
import { fromConfig, type SavedModule } from '@tapeloop/layers';
import { RNNCell } from './rnn-cell.ts';

/** Rebuilds a cell from its config. @throws TypeError when the config is that of another module. */
export function cellFromConfig(saved: SavedModule): RNNCell<unknown> {
  const module = fromConfig(saved);
  if (module instanceof RNNCell) return module;
  throw new TypeError(
    argumentMessage({
      op: 'fromConfig',
      argument: 'cell',
      expected: 'the config of an RNNCell',
      received: saved.className,
    }),
  );
}
