// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  choice,
  describeOptions,
  flag,
  integer,
  optionsFromJson,
  parseOptions,
  real,
  text,
} from './options.ts';
import { UserError } from './user-error.ts';

const table = {
  steps: integer({ default: 10, min: 1, help: 'how long' }),
  learningRate: real({ default: 0.5, min: 0, above: true, max: 2, help: 'how fast' }),
  file: text({ default: '', placeholder: 'FILE', help: 'where' }),
  tied: flag({ default: false, help: 'share' }),
  variational: flag({ default: true, help: 'other masks' }),
};

describe('parseOptions', () => {
  it('takes defaults for what is not given', () => {
    const { values, given, help } = parseOptions(table, []);
    expect(values).toEqual({
      steps: 10,
      learningRate: 0.5,
      file: '',
      tied: false,
      variational: true,
    });
    expect([...given]).toEqual([]);
    expect(help).toBe(false);
  });

  it('reads values after a space or an equals sign, and switches on and off', () => {
    const args = ['--steps', '3', '--learning-rate=1e-3', '--tied', '--no-variational', '--help'];
    const { values, given, help } = parseOptions(table, args);
    expect(values).toMatchObject({ steps: 3, learningRate: 1e-3, tied: true, variational: false });
    expect([...given]).toEqual(['steps', 'learningRate', 'tied', 'variational']);
    expect(help).toBe(true);
  });

  it('passes over the double dash that package managers hand on', () => {
    expect(parseOptions(table, ['--', '--steps', '3']).values.steps).toBe(3);
  });

  it.each([
    [['--steps', '0'], "--steps must be a whole number from 1, got '0'."],
    [['--steps', '1.5'], "--steps must be a whole number from 1, got '1.5'."],
    [['--steps='], "--steps must be a whole number from 1, got ''."],
    [['--learning-rate', '0'], "--learning-rate must be a number above 0 and up to 2, got '0'."],
    [
      ['--learning-rate', 'fast'],
      "--learning-rate must be a number above 0 and up to 2, got 'fast'.",
    ],
    [
      ['--learning-rate', '2.5'],
      "--learning-rate must be a number above 0 and up to 2, got '2.5'.",
    ],
    [['--step', '3'], "Unknown option '--step'. Run with --help for all options."],
  ])('%j is one clear line', (args, message) => {
    expect(() => parseOptions(table, args)).toThrow(new UserError(message));
  });

  it('says in one line that a value is missing or too much', () => {
    expect(() => parseOptions(table, ['--steps'])).toThrow(/^[^\n]*--steps[^\n]*--help[^\n]*$/);
    expect(() => parseOptions(table, ['--tied=3'])).toThrow(/^[^\n]*--tied[^\n]*--help[^\n]*$/);
    expect(() => parseOptions(table, ['word'])).toThrow(/^[^\n]*'word'[^\n]*--help[^\n]*$/);
  });
});

describe('optionsFromJson', () => {
  const { values } = parseOptions(table, ['--steps', '3', '--tied', '--file', 'a']);

  it('reads what was written', () => {
    expect(optionsFromJson(table, JSON.parse(JSON.stringify(values)))).toEqual(values);
  });

  it('refuses options that are missing or out of range', () => {
    const { file: _, ...fileless } = values;
    expect(() => optionsFromJson(table, fileless)).toThrow(new UserError('--file is missing'));
    expect(() => optionsFromJson(table, { ...values, steps: 0 })).toThrow('--steps must be');
    expect(() => optionsFromJson(table, null)).toThrow('--steps is missing');
  });
});

describe('describeOptions', () => {
  it('lists every option with its default', () => {
    expect(describeOptions(table)).toBe(
      [
        '  --steps N          how long (10)',
        '  --learning-rate X  how fast (0.5)',
        '  --file FILE        where (none)',
        '  --tied             share',
        '  --no-variational   other masks',
      ].join('\n'),
    );
  });
});

describe('choice', () => {
  const cell = { cell: choice({ default: 'lstm', choices: ['lstm', 'gru'], help: 'which one' }) };

  it('takes one of its words', () => {
    expect(parseOptions(cell, []).values.cell).toBe('lstm');
    expect(parseOptions(cell, ['--cell', 'gru']).values.cell).toBe('gru');
  });

  it('names them, in the help and when it is given another', () => {
    expect(describeOptions(cell)).toBe('  --cell NAME  which one: lstm, gru (lstm)');
    expect(() => parseOptions(cell, ['--cell', 'rnn'])).toThrow(
      "--cell must be one of lstm, gru, got 'rnn'.",
    );
  });
});
