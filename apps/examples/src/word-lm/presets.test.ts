// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { parseOptions } from '@tapeloop/train/node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withRun } from '../shared/language-model/testing.ts';
import { trainingOptions, type WordConfig } from './config.ts';
import { type Preset, withPreset } from './presets.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** What a command line asks for. */
function asked(...args: string[]): WordConfig {
  const { values, given } = parseOptions(trainingOptions, args);
  return withPreset(values, given);
}

/** The random streams that a step of a tiny run draws from. */
function streamsOf(preset: Preset): Promise<readonly string[]> {
  const sizes = { embedding: 6, hidden: 6, batch: 3, window: 7 };
  return withRun({ ...asked('--preset', preset), ...sizes }, async ({ model, run }) => {
    await run.trainStep();
    return [...model.randomState().keys()].filter((path) => !path.endsWith('initializer'));
  });
}

describe('withPreset', () => {
  it('puts the options of a preset in the place of defaults', () => {
    const plain = asked('--preset', 'none');
    expect([plain.embeddingKeep, plain.stateKeep, plain.outputKeep]).toEqual([1, 1, 1]);
    expect(asked('--preset', 'zaremba').outputKeep).toBeLessThan(1);
    expect(asked('--preset', 'variational').stateKeep).toBeLessThan(1);
  });

  it('leaves what is written out, also where it says the default', () => {
    expect(asked('--preset', 'zaremba', '--output-keep', '1').outputKeep).toBe(1);
    expect(asked('--preset', 'variational', '--state-keep', '0.3').stateKeep).toBe(0.3);
  });
});

describe('the presets', () => {
  it('none: nothing is dropped', async () => {
    expect(await streamsOf('none')).toEqual([]);
  });

  it('zaremba: vectors and outputs are dropped anew at each step, states never', async () => {
    expect(asked('--preset', 'zaremba').variational).toBe(false);
    expect(await streamsOf('zaremba')).toEqual([
      'rnn/cell0/input_0',
      'rnn/cell0/output_0',
      'rnn/cell1/output_0',
    ]);
  });

  it('variational: states and whole words are dropped too, for a window each row on its own', async () => {
    const { variational, maskPerExample, weightDecay } = asked('--preset', 'variational');
    expect([variational, maskPerExample, weightDecay > 0]).toEqual([true, true, true]);
    expect(await streamsOf('variational')).toEqual([
      'embedding/mask',
      'rnn/cell0/input_0',
      'rnn/cell0/state_1',
      'rnn/cell0/output_0',
      'rnn/cell1/state_1',
      'rnn/cell1/output_0',
    ]);
  });
});
