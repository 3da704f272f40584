// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, type DType, type Tensor, ValueError } from '@tapeloop/core';
import {
  type Config,
  type InputShape,
  type Module,
  type ModuleOptions,
  registerModule,
  type SavedModule,
  toConfig,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { type CellResult, type InitialStateOptions, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';
import { dimensionsOf, type SizeTree } from './size.ts';

/** Cells whose states are these, from the bottom up. */
export type CellsOf<States extends readonly unknown[]> = {
  readonly [I in keyof States]: RNNCell<States[I]>;
};

/**
 * Cells on top of each other as one cell: each takes the output below it, and the last one's is the
 * output. The state is an array of theirs, from the bottom up. Paths name them `cell0`, `cell1`, …
 *
 * @throws ValueError when there are no cells, TypeError when an entry is none.
 * @see Keras's `StackedRNNCells`, TensorFlow's `MultiRNNCell`.
 */
export class StackedRNNCells<States extends readonly unknown[]> extends RNNCell<States> {
  readonly cells: readonly RNNCell<unknown>[];

  constructor(cells: CellsOf<States>, options: ModuleOptions = {}) {
    super(options);
    if (cells.length === 0) {
      throw new ValueError(
        argumentMessage({
          op: 'StackedRNNCells',
          argument: 'cells',
          expected: 'a list of at least one cell',
          received: cells,
        }),
      );
    }
    cells.forEach((cell, i) => {
      if (cell instanceof RNNCell) return;
      const argument = `cells[${i}]`;
      const expected = 'an RNNCell';
      throw new TypeError(
        argumentMessage({ op: 'StackedRNNCells', argument, expected, received: cell }),
      );
    });
    this.cells = [...cells];
  }

  override get className(): string {
    return 'StackedRNNCells';
  }

  override get stateSize(): SizeTree {
    return this.cells.map((cell) => cell.stateSize);
  }

  override get outputSize(): SizeTree {
    return this.cells.at(-1)?.outputSize;
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map(this.cells.map((cell, i) => [`cell${i}`, cell]));
  }

  override zeroState(batchSize: number, dtype?: DType): States {
    return statesOf(this.cells.map((cell) => cell.zeroState(batchSize, dtype)));
  }

  override getInitialState(options: InitialStateOptions): States {
    return statesOf(this.cells.map((cell) => cell.getInitialState(options)));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cells: this.cells.map(toConfig) };
  }

  protected override createParameters(inputShape: InputShape): void {
    let shape = inputShape;
    for (const cell of this.cells) {
      cell.build(shape);
      shape = [inputShape[0] ?? null, ...(dimensionsOf(cell.outputSize) ?? [])];
    }
  }

  override canRunSequence(plan: SequencePlan): boolean {
    return (
      !plan.hasStateMasks &&
      this.cells.every((cell, i) =>
        cell.canRunSequence({ ...plan, features: this.#features(i, plan) }),
      )
    );
  }

  protected override sequence(sequence: SequenceInputs<States>): SequenceResult<States> {
    const states: unknown[] = [];
    let outputs = sequence.inputs;
    this.cells.forEach((cell, i) => {
      const plan = { ...sequence.plan, features: this.#features(i, sequence.plan) };
      const state = sequence.state[i];
      const result = cell.runSequence({ ...sequence, plan, inputs: outputs, state });
      outputs = result.outputs;
      states.push(result.state);
    });
    return { outputs, state: statesOf(states) };
  }

  protected override step(inputs: Tensor, state: States): CellResult<States> {
    if (!Array.isArray(state) || state.length !== this.cells.length) {
      throw new ValueError(
        argumentMessage({
          op: 'StackedRNNCells',
          argument: 'state',
          expected: `an array of ${this.cells.length} states, one for each cell`,
          received: state,
        }),
      );
    }
    const states: unknown[] = [];
    let output = inputs;
    this.cells.forEach((cell, i) => {
      const result = cell.call(output, state[i]);
      output = result.output;
      states.push(result.state);
    });
    return { output, state: statesOf(states) };
  }

  /** Width of what a cell is given: the inputs, or the output of the cell below. */
  #features(cell: number, { features }: SequencePlan): number {
    return dimensionsOf(this.cells[cell - 1]?.outputSize)?.[0] ?? features;
  }
}

interface StackedRNNCellsConfig extends ModuleOptions {
  readonly cells: readonly SavedModule[];
}

registerModule('StackedRNNCells', ({ cells, ...options }: StackedRNNCellsConfig) => {
  return new StackedRNNCells(cells.map(cellFromConfig), options);
});

/** One state of each cell, in the cells' order, is what `States` stands for. */
function statesOf<States extends readonly unknown[]>(states: readonly unknown[]): States {
  return states as States;
}
