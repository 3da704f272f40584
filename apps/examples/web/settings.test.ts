// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { defaultSettings, type ModelSettings, settingsFromJson } from './settings.ts';

const others: ModelSettings = {
  cell: 'gru',
  units: 96,
  layers: 3,
  inputDropout: 0.1,
  stateDropout: 0.2,
  outputDropout: 0.3,
  variational: false,
};

describe('settingsFromJson', () => {
  it.each([defaultSettings, others])('reads what JSON kept: %o', (settings) => {
    expect(settingsFromJson(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });

  it.each([
    [undefined, 'cell'],
    [{ ...others, cell: 'toString' }, 'cell'],
    [{ ...others, units: 1e9 }, 'units'],
    [{ ...others, units: 96.5 }, 'units'],
    [{ ...others, layers: 0 }, 'layers'],
    [{ ...others, layers: '2' }, 'layers'],
    [{ ...others, stateDropout: 1 }, 'stateDropout'],
    [{ ...others, outputDropout: null }, 'outputDropout'],
  ])('names what is wrong in %o: %s', (json, name) => {
    expect(() => settingsFromJson(json)).toThrow(new RegExp(`^its setting ${name} is `));
  });
});
