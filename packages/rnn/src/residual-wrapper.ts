// SPDX-License-Identifier: Apache-2.0
import { add, ShapeError, sameShape, showShape, type Tensor, ValueError } from '@tapeloop/core';
import {
  type Config,
  type ModuleOptions,
  registerModule,
  type SavedModule,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { CellWrapper } from './cell-wrapper.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';

/** How the inputs and the output of a cell become the output. */
export type ResidualFunction = (inputs: Tensor, output: Tensor) => Tensor;

/** Options of `ResidualWrapper`. */
export interface ResidualWrapperOptions extends ModuleOptions {
  /** Default: their sum, which needs them to be of one shape. */
  readonly residualFn?: ResidualFunction;
}

/**
 * A cell whose inputs are added to its output: `(y, s') = cell(x, s)`, then `x + y`. The state is the
 * cell's own.
 *
 * Shapes: inputs and output `[batch, units]` alike.
 *
 * @throws TypeError when `cell` is no cell; at a step, ShapeError when inputs and output differ.
 * @see TensorFlow's `tf.nn.RNNCellResidualWrapper`; Wu et al. 2016, "Google's Neural Machine
 *   Translation System", section 3.1.
 */
export class ResidualWrapper<State> extends CellWrapper<State> {
  readonly #residualFn: ResidualFunction;

  constructor(cell: RNNCell<State>, options: ResidualWrapperOptions = {}) {
    super(cell, options);
    this.#residualFn = options.residualFn ?? addInputs;
  }

  override get className(): string {
    return 'ResidualWrapper';
  }

  /** @throws ValueError when there is a `residualFn`, which no config can hold. */
  override getConfig(): Config {
    if (this.#residualFn === addInputs) return super.getConfig();
    throw new ValueError(
      'ResidualWrapper: getConfig: a config cannot hold residualFn, which is a function. Save the ' +
        'model without its config.',
    );
  }

  override canRunSequence(plan: SequencePlan): boolean {
    // Where a row skips a step, the sum of that step's inputs and an old output would be wrong.
    if (plan.isMasked || plan.hasStateMasks || this.#residualFn !== addInputs) return false;
    return this.wrappedCell.canRunSequence(plan);
  }

  protected override sequence(sequence: SequenceInputs<State>): SequenceResult<State> {
    const { outputs, state } = this.wrappedCell.runSequence(sequence);
    return { outputs: this.#residualFn(sequence.inputs, outputs), state };
  }

  protected override step(inputs: Tensor, state: State): CellResult<State> {
    const next = this.wrappedCell.call(inputs, state);
    return { output: this.#residualFn(inputs, next.output), state: next.state };
  }
}

interface ResidualWrapperConfig extends ModuleOptions {
  readonly cell: SavedModule;
}

registerModule(
  'ResidualWrapper',
  ({ cell, ...options }: ResidualWrapperConfig) =>
    new ResidualWrapper(cellFromConfig(cell), options),
);

/** @throws ShapeError unless both have one shape: no broadcasting. */
function addInputs(inputs: Tensor, output: Tensor): Tensor {
  if (sameShape(inputs.shape, output.shape)) return add(inputs, output);
  throw new ShapeError(
    `ResidualWrapper: inputs must be of the output's shape ${showShape(output.shape)}, got ` +
      `${showShape(inputs.shape)}. Give a residualFn that brings them together.`,
  );
}
