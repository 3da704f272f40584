// SPDX-License-Identifier: Apache-2.0
import type { Seed } from '@tapeloop/core';
import { recipe } from '@tapeloop/layers/testing';
import type { DropoutWrapperOptions } from '../dropout-wrapper-options.ts';
import { GRUCell } from '../gru-cell.ts';
import { LSTMCell } from '../lstm-cell.ts';
import { LSTMState } from '../lstm-state.ts';
import type { RNNCell } from '../rnn-cell.ts';
import { SimpleRNNCell } from '../simple-rnn-cell.ts';
import { StackedRNNCells } from '../stacked-rnn-cells.ts';
import { defaultStateFilter, type StateFilterVisitor } from '../state-filter.ts';

/** A case of `conformance/tensorflow/dropout_wrapper.py`, whose opening comment states the inputs. */
export interface DropoutCase {
  readonly name: string;
  readonly cells: readonly CellSpec[];
  readonly is_stack?: boolean;
  readonly wrap_stack?: boolean;
  readonly features: number;
  readonly batch: number;
  readonly steps: number;
  readonly graph_seed?: number;
  readonly options: {
    readonly input_keep_prob?: number;
    readonly state_keep_prob?: number;
    readonly output_keep_prob?: number;
    readonly variational_recurrent?: boolean;
    readonly input_size?: number;
    readonly seed?: number;
    readonly visitor?: string;
  };
  readonly outputs: readonly number[];
  readonly state: readonly (readonly number[])[];
  readonly gradients: {
    readonly inputs: readonly number[];
    readonly state: readonly (readonly number[])[];
    readonly cells: readonly Readonly<Record<WeightName, readonly number[]>>[];
  };
}

interface CellSpec {
  readonly kind: 'lstm' | 'gru' | 'rnn';
  readonly units: number;
  readonly wrapped?: boolean;
}

type WeightName = 'kernel' | 'recurrent_kernel' | 'bias';
type Cell = RNNCell<unknown>;

const visitors: Readonly<Record<string, StateFilterVisitor>> = {
  everything: () => true,
  nothing: () => false,
  only_c: (part) => !(part instanceof LSTMState) || new LSTMState({ c: true, h: false }),
  not_first: (part) => (Array.isArray(part) ? part.map((_, i) => i > 0) : defaultStateFilter(part)),
};

/** The cells of a case with the script's weights, and wrappers where it says. */
export function wrappedCell(
  each: DropoutCase,
  wrap: (cell: Cell, options: DropoutWrapperOptions) => Cell,
): Cell {
  const options = optionsOf(each);
  let width = each.features;
  const cells = each.cells.map((spec, layer) => {
    const cell = makeCell(spec);
    cell.build([each.batch, width]);
    setWeights(cell, layer, each.name.startsWith('fixture'));
    const own = each.is_stack ? ofLayer(options, layer, width) : options;
    width = spec.units;
    return spec.wrapped ? wrap(cell, own) : cell;
  });
  const [only] = cells;
  const whole: Cell = each.is_stack || only === undefined ? stackOf(cells) : only;
  return each.wrap_stack ? wrap(whole, options) : whole;
}

function stackOf(cells: readonly Cell[]): Cell {
  const stack: RNNCell<readonly unknown[]> = new StackedRNNCells<readonly unknown[]>(cells);
  // Its state is the array that the case makes.
  return stack as Cell;
}

function optionsOf({ options, graph_seed: graphSeed }: DropoutCase): DropoutWrapperOptions {
  const visitor = options.visitor === undefined ? undefined : visitors[options.visitor];
  const seed: Seed | undefined =
    graphSeed === undefined || options.seed === undefined
      ? undefined
      : { graphSeed, opSeed: options.seed };
  return {
    inputKeepProb: options.input_keep_prob ?? 1,
    stateKeepProb: options.state_keep_prob ?? 1,
    outputKeepProb: options.output_keep_prob ?? 1,
    ...(options.variational_recurrent && { variationalRecurrent: true, dtype: 'float32' }),
    ...(options.input_size !== undefined && { inputSize: options.input_size }),
    ...(seed !== undefined && { seed }),
    ...(visitor !== undefined && { dropoutStateFilterVisitor: visitor }),
  };
}

/** What the script gives a wrapper around one cell of a stack: the cell's own width, a seed of its own. */
function ofLayer(
  options: DropoutWrapperOptions,
  layer: number,
  width: number,
): DropoutWrapperOptions {
  const { seed, inputSize } = options;
  return {
    ...options,
    ...(typeof seed === 'object' && seed && { seed: { ...seed, opSeed: seed.opSeed + layer } }),
    ...(inputSize !== undefined && { inputSize: width }),
  };
}

function makeCell({ kind, units }: CellSpec): Cell {
  // A cell of one kind of state takes only that; the cases give it no other.
  if (kind === 'lstm') return new LSTMCell(units) as unknown as Cell;
  if (kind === 'gru') return new GRUCell(units, { resetAfter: false }) as unknown as Cell;
  return new SimpleRNNCell(units) as unknown as Cell;
}

function setWeights(cell: Cell, layer: number, isFixture: boolean): void {
  const names = ['kernel', 'recurrentKernel', 'bias'] as const;
  names.forEach((name, i) => {
    const parameter = cell.parameter(name);
    using value = recipe(parameter.shape, name === 'bias' ? 0.4 : 0.6, 10 * layer + 1 + i);
    // The fixture keeps the forget bias of 1 that the cell was made with.
    if (!isFixture) parameter.assign(value);
    else if (name !== 'bias') parameter.update((elements) => elements.fill(0.5));
  });
}
