// SPDX-License-Identifier: Apache-2.0
import type { CellKind } from '@tapeloop/train';

/** The recurrent cells to choose from, by the names that people know them by. */
export const cellNames: Readonly<Record<CellKind, string>> = {
  lstm: 'LSTM',
  gru: 'GRU',
  rnn: 'Simple RNN',
};

/** What a person chooses before training begins; it shapes the model and cannot change after. */
export interface ModelSettings {
  readonly cell: CellKind;
  /** Units of each layer. */
  readonly units: number;
  readonly layers: number;
  /** Probability to drop an input of a cell, in [0, 1). */
  readonly inputDropout: number;
  /** Probability to drop an element of a cell's state, in [0, 1). */
  readonly stateDropout: number;
  /** Probability to drop an output of a cell, in [0, 1). */
  readonly outputDropout: number;
  /** One dropout mask for all characters of a window instead of a new one at each. */
  readonly variational: boolean;
}

/** What the page offers first: learns to spell English words in a minute or two. */
export const defaultSettings: ModelSettings = {
  cell: 'lstm',
  units: 128,
  layers: 2,
  inputDropout: 0,
  stateDropout: 0,
  outputDropout: 0,
  variational: true,
};

/** The largest model that the page trains; a file that says otherwise is damaged. */
const limits = { units: 512, layers: 4 } as const;

/** Settings as a file holds them. @throws TypeError naming the first that is missing or wrong. */
export function settingsFromJson(json: unknown): ModelSettings {
  const read = (key: keyof ModelSettings): unknown =>
    typeof json === 'object' && json !== null ? Reflect.get(json, key) : undefined;
  const number = (key: keyof ModelSettings, isRight: (value: number) => boolean): number => {
    const value = read(key);
    if (typeof value === 'number' && isRight(value)) return value;
    throw new TypeError(`its setting ${key} is ${value}`);
  };
  const count = (key: keyof typeof limits) =>
    number(key, (n) => Number.isInteger(n) && n >= 1 && n <= limits[key]);
  const rate = (key: keyof ModelSettings) => number(key, (n) => n >= 0 && n < 1);
  return {
    cell: cellFromJson(read('cell')),
    units: count('units'),
    layers: count('layers'),
    inputDropout: rate('inputDropout'),
    stateDropout: rate('stateDropout'),
    outputDropout: rate('outputDropout'),
    variational: read('variational') === true,
  };
}

/** @throws TypeError when there is no such cell. */
export function cellFromJson(json: unknown): CellKind {
  if (json === 'lstm' || json === 'gru' || json === 'rnn') return json;
  throw new TypeError(`its setting cell is ${json}`);
}
