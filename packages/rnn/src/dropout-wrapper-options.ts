// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, checkAnySeed, type DType, type Seed, ValueError } from '@tapeloop/core';
import { checkOptions, type ModuleOptions } from '@tapeloop/layers';
import {
  type CheckedProbability,
  checkKeepProbability,
  type KeepProbability,
} from './keep-probability.ts';
import type { SizeTree } from './size.ts';
import { defaultStateFilter, type StateFilterVisitor } from './state-filter.ts';

/** Options of `DropoutWrapper`. */
export interface DropoutWrapperOptions extends ModuleOptions {
  /** Probability to keep an element of the inputs. Default 1. */
  readonly inputKeepProb?: KeepProbability;
  /** Probability to keep an element of the output. Default 1. */
  readonly outputKeepProb?: KeepProbability;
  /** Probability to keep an element of the new state. Default 1. */
  readonly stateKeepProb?: KeepProbability;
  /** One mask for all steps of a run instead of a new one each step. Default false. */
  readonly variationalRecurrent?: boolean;
  /** Size of the inputs; needed when they are dropped with `variationalRecurrent`. */
  readonly inputSize?: SizeTree;
  /** Must be `'float32'` with `variationalRecurrent`. */
  readonly dtype?: DType | null;
  /**
   * An integer, or a pair of TensorFlow's seeds, whose masks are then TensorFlow's. Default: streams
   * forked from the default by the wrapper's path.
   */
  readonly seed?: Seed | null;
  /** Default: spares `c` of an `LSTMState`. */
  readonly dropoutStateFilterVisitor?: StateFilterVisitor | null;
  /** With `variationalRecurrent`, a mask for each row of the batch. Default: one for all rows. */
  readonly maskPerExample?: boolean;
}

/** The names of `DropoutWrapperOptions`. */
const optionNames = [
  'name',
  'inputKeepProb',
  'outputKeepProb',
  'stateKeepProb',
  'variationalRecurrent',
  'inputSize',
  'dtype',
  'seed',
  'dropoutStateFilterVisitor',
  'maskPerExample',
];

/** Options that have been checked, with the defaults filled in. */
export interface CheckedDropoutOptions {
  readonly input: CheckedProbability;
  readonly state: CheckedProbability;
  readonly output: CheckedProbability;
  readonly variational: boolean;
  readonly maskPerExample: boolean;
  readonly inputSize: SizeTree | undefined;
  readonly dtype: 'float32' | undefined;
  readonly seed: Seed | undefined;
  readonly visitor: StateFilterVisitor;
}

/**
 * Checks what a dropout wrapper is made from, in upstream's order: the names of the options, the cell,
 * the visitor, the probabilities of input, state and output, the dtype, the size of the inputs; and
 * the seed.
 *
 * @throws TypeError and ValueError as `DropoutWrapper` says.
 */
export function checkDropoutOptions(
  op: string,
  cell: unknown,
  options: DropoutWrapperOptions,
): CheckedDropoutOptions {
  checkOptions(op, options, optionNames);
  checkCell(op, cell);
  const visitor = options.dropoutStateFilterVisitor ?? defaultStateFilter;
  if (typeof visitor !== 'function') {
    const argument = 'dropoutStateFilterVisitor';
    const expected = 'a function';
    throw new TypeError(argumentMessage({ op, argument, expected, received: visitor }));
  }
  const { inputKeepProb = 1, stateKeepProb = 1, outputKeepProb = 1 } = options;
  const input = checkKeepProbability(op, 'inputKeepProb', inputKeepProb);
  const state = checkKeepProbability(op, 'stateKeepProb', stateKeepProb);
  const output = checkKeepProbability(op, 'outputKeepProb', outputKeepProb);
  const { variationalRecurrent: variational = false, maskPerExample = false } = options;
  const dtype = checkDType(op, options.dtype, variational);
  const inputSize = options.inputSize ?? undefined;
  if (variational && input.constant !== 1 && inputSize === undefined) {
    const expected = 'given when inputs are dropped with variationalRecurrent';
    const received = options.inputSize;
    throw new ValueError(argumentMessage({ op, argument: 'inputSize', expected, received }));
  }
  const seed = options.seed ?? undefined;
  if (seed !== undefined) checkAnySeed(op, seed);
  return {
    ...{ input, state, output, variational, maskPerExample },
    ...{ inputSize, dtype, seed, visitor },
  };
}

/** @throws TypeError naming everything that a cell must have and this value lacks. */
function checkCell(op: string, cell: unknown): void {
  const has = (key: string) => typeof cell === 'object' && cell !== null && key in cell;
  const missing = [
    ...(has('outputSize') ? [] : ['outputSize']),
    ...(has('stateSize') ? [] : ['stateSize']),
    ...(has('zeroState') || has('getInitialState') ? [] : ['zeroState or getInitialState']),
    ...(has('call') ? [] : ['call']),
  ];
  if (missing.length === 0) return;
  const expected = 'an RNNCell';
  const message = argumentMessage({ op, argument: 'cell', expected, received: cell });
  throw new TypeError(`${message} It is not an RNNCell: it lacks ${missing.join(', ')}.`);
}

function checkDType(op: string, dtype: unknown, isNeeded: boolean): 'float32' | undefined {
  if (dtype === 'float32') return dtype;
  if ((dtype === undefined || dtype === null) && !isNeeded) return undefined;
  const expected = isNeeded ? "'float32' with variationalRecurrent" : "'float32'";
  throw new ValueError(argumentMessage({ op, argument: 'dtype', expected, received: dtype }));
}
