// SPDX-License-Identifier: Apache-2.0
import { broadcastTo, Tensor } from '@tapeloop/core';
import {
  type Config,
  type Initializer,
  type InitializerLike,
  type InputShape,
  joinPath,
  type ModuleOptions,
  registerModule,
  type SavedModule,
  savedInitializer,
  toInitializer,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { CellWrapper } from './cell-wrapper.ts';
import { entriesOf, withChildren } from './nest.ts';
import type { CellResult, InitialStateOptions, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';

const OP = 'InitialStateWrapper';

/** Options of `InitialStateWrapper`. */
export interface InitialStateWrapperOptions extends ModuleOptions {
  /** Default `'zeros'`. */
  readonly initializer?: InitializerLike;
}

/**
 * A cell whose initial state is trained: one vector for each tensor of the state, the same for all
 * rows. A step is the wrapped cell's.
 *
 * Shapes: `initialState` of the state's size without the batch, `initialState/c` and
 * `initialState/h` for an LSTM, and so on by the keys of the state. `zeroState` is still zeros.
 *
 * @throws TypeError when `cell` is no cell; in `getInitialState`, RuntimeError before it is built.
 * @see Sonnet's `TrainableState`.
 */
export class InitialStateWrapper<State> extends CellWrapper<State> {
  readonly #initializer: Initializer;

  constructor(cell: RNNCell<State>, options: InitialStateWrapperOptions = {}) {
    super(cell, options);
    this.#initializer = toInitializer(OP, options.initializer ?? 'zeros');
  }

  override get className(): string {
    return OP;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), initializer: savedInitializer(OP, this.#initializer) };
  }

  override getInitialState(options: InitialStateOptions): State {
    // Zeros give the structure and the batch, and refuse options that do not agree.
    const zeros = super.getInitialState(options);
    const { inputs } = options;
    if (!this.isBuilt && inputs !== undefined) this.build([null, inputs.shape.at(-1) ?? null]);
    return mapNamed(zeros, 'initialState', (name, zero) => {
      return broadcastTo(this.parameter(name).value, zero.shape);
    });
  }

  override canRunSequence(plan: SequencePlan): boolean {
    return this.wrappedCell.canRunSequence(plan);
  }

  protected override sequence(inputs: SequenceInputs<State>): SequenceResult<State> {
    return this.wrappedCell.runSequence(inputs);
  }

  protected override createParameters(inputShape: InputShape): void {
    super.createParameters(inputShape);
    mapNamed(this.zeroState(1), 'initialState', (name, zero) => {
      this.addParameter(name, zero.shape.slice(1), this.#initializer);
      return zero;
    });
  }

  protected override step(inputs: Tensor, state: State): CellResult<State> {
    return this.wrappedCell.call(inputs, state);
  }
}

interface InitialStateWrapperConfig extends InitialStateWrapperOptions {
  readonly cell: SavedModule;
}

registerModule(
  OP,
  ({ cell, ...options }: InitialStateWrapperConfig) =>
    new InitialStateWrapper(cellFromConfig(cell), options),
);

/** `fn` of each tensor of a state and its name: `name` itself, or with the keys that lead to it. */
function mapNamed<T>(tree: T, name: string, fn: (name: string, leaf: Tensor) => Tensor): T;
function mapNamed(
  tree: unknown,
  name: string,
  fn: (name: string, leaf: Tensor) => Tensor,
): unknown {
  const entries = entriesOf(tree);
  if (entries === undefined) return tree instanceof Tensor ? fn(name, tree) : tree;
  return withChildren(
    tree,
    entries.map(([key, child]) => mapNamed(child, joinPath(name, key), fn)),
  );
}
