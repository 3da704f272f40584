// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, checkSeed, type DType, ValueError } from '@tapeloop/core';
import {
  type Config,
  type InputShape,
  type Module,
  type ModuleOptions,
  type RandomSource,
  registerModule,
  type SavedModule,
  toConfig,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { ComponentDropout } from './component-dropout.ts';
import { checkKeepProbability, type KeepProbability } from './keep-probability.ts';
import { MaskStore } from './mask-store.ts';
import { type CellResult, type InitialStateOptions, RNNCell } from './rnn-cell.ts';
import { currentRun } from './run.ts';
import type { SizeTree } from './size.ts';
import { defaultStateFilter, filterTree, type StateFilterVisitor } from './state-filter.ts';
import { stateFilterConfig, stateFilterOf } from './state-filter-names.ts';

/** Options of `DropoutWrapper`. */
export interface DropoutWrapperOptions extends ModuleOptions {
  /** Default 1. */
  readonly inputKeepProb?: KeepProbability;
  /** Default 1. */
  readonly outputKeepProb?: KeepProbability;
  /** Default 1. */
  readonly stateKeepProb?: KeepProbability;
  /** One mask for all steps of a run instead of a new one each step. Default false. */
  readonly variationalRecurrent?: boolean;
  /** Size of the inputs; needed when they are dropped with `variationalRecurrent`. */
  readonly inputSize?: SizeTree;
  /** Must be `'float32'` with `variationalRecurrent`. */
  readonly dtype?: DType | null;
  /** Default: streams forked from the default by the wrapper's path. */
  readonly seed?: number | null;
  /** Default: spares `c` of an `LSTMState`. */
  readonly dropoutStateFilterVisitor?: StateFilterVisitor;
  /** With `variationalRecurrent`, a mask for each row of the batch. Default: one for all rows. */
  readonly maskPerExample?: boolean;
}

const OP = 'DropoutWrapper';

/**
 * A cell whose inputs, outputs and states are dropped:
 * `(y, s') = cell(drop(x), s)`, then `drop(y)` and `drop(s')`, where `drop` keeps an element with a
 * probability `p` and scales it by `1 / p`. Output and state are dropped independently, also when
 * they are one tensor, and the state handed on is the dropped one.
 *
 * In inference it is the wrapped cell, bit for bit. Called by hand, outside any layer and without a
 * training flag, it drops.
 *
 * Variational masks belong to a run (`RNN` opens one at each call, `withRun` by hand) and are shared
 * by the rows of a batch, as upstream; stepped by hand outside a run, the wrapper keeps one mask
 * until `resetDropoutMasks()`. Beware of dropping a state that is carried on unsquashed: it grows by
 * `1 / p` at each step that keeps it.
 *
 * Its parameters are those of the wrapped cell, under the same paths. Wrappers with equal seeds and
 * sizes have equal masks: give each layer a seed of its own.
 *
 * Differs from upstream: a keep probability of 0 gives zeros where upstream fails, NaN is refused,
 * and the training flag is obeyed.
 *
 * @throws TypeError when `cell` is no cell, the visitor no function, or the seed no safe integer;
 *   ValueError for a probability outside [0, 1], or when variational mode lacks `dtype` or
 *   `inputSize`.
 * @see TensorFlow's `tf.compat.v1.nn.rnn_cell.DropoutWrapper`; Zaremba et al. 2014, "Recurrent Neural
 *   Network Regularization"; Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout
 *   in Recurrent Neural Networks".
 */
export class DropoutWrapper<State, Input = unknown, Output = unknown> extends RNNCell<
  State,
  Input,
  Output
> {
  readonly wrappedCell: RNNCell<State, Input, Output>;
  readonly #options: DropoutWrapperOptions;
  readonly #visitor: StateFilterVisitor;
  readonly #input: ComponentDropout;
  readonly #state: ComponentDropout;
  readonly #output: ComponentDropout;
  /** The masks of steps outside any run. */
  readonly #masks = new MaskStore();

  constructor(cell: RNNCell<State, Input, Output>, options: DropoutWrapperOptions = {}) {
    super(options);
    checkCell(OP, cell);
    this.wrappedCell = cell;
    this.#options = options;
    this.#visitor = options.dropoutStateFilterVisitor ?? defaultStateFilter;
    if (typeof this.#visitor !== 'function') {
      const argument = 'dropoutStateFilterVisitor';
      const received = this.#visitor;
      throw new TypeError(argumentMessage({ op: OP, argument, expected: 'a function', received }));
    }
    const { inputKeepProb = 1, stateKeepProb = 1, outputKeepProb = 1 } = options;
    const input = checkKeepProbability(OP, 'inputKeepProb', inputKeepProb);
    const state = checkKeepProbability(OP, 'stateKeepProb', stateKeepProb);
    const output = checkKeepProbability(OP, 'outputKeepProb', outputKeepProb);
    checkVariational(options, input.constant !== 1);
    const { variationalRecurrent = false, maskPerExample = false } = options;
    const [seed, inputSize] = [options.seed ?? undefined, options.inputSize ?? undefined];
    if (seed !== undefined) checkSeed(OP, seed);
    const common = { op: OP, seed, variational: variationalRecurrent, maskPerExample };
    this.#input = new ComponentDropout({
      ...common,
      component: 'input',
      keepProbability: input,
      size: inputSize,
    });
    this.#state = new ComponentDropout({
      ...common,
      component: 'state',
      keepProbability: state,
      size: cell.stateSize,
    });
    this.#output = new ComponentDropout({
      ...common,
      component: 'output',
      keepProbability: output,
      size: cell.outputSize,
    });
  }

  override get className(): string {
    return OP;
  }

  override get stateSize(): SizeTree {
    return this.wrappedCell.stateSize;
  }

  override get outputSize(): SizeTree {
    return this.wrappedCell.outputSize;
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['', this.wrappedCell]]);
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map([...this.#input.sources, ...this.#state.sources, ...this.#output.sources]);
  }

  override zeroState(batchSize: number, dtype?: DType): State {
    return typeof this.wrappedCell.zeroState === 'function'
      ? this.wrappedCell.zeroState(batchSize, dtype)
      : this.getInitialState({ batchSize, ...(dtype === undefined ? {} : { dtype }) });
  }

  override getInitialState(options: InitialStateOptions): State {
    return typeof this.wrappedCell.getInitialState === 'function'
      ? this.wrappedCell.getInitialState(options)
      : super.getInitialState(options);
  }

  /** Makes steps outside any run draw new variational masks from here on. */
  resetDropoutMasks(): void {
    this.#masks.dispose();
  }

  /** @throws ValueError when a keep probability is a function, or the visitor has no name. */
  override getConfig(): Config {
    const {
      seed = null,
      inputSize = null,
      dtype = null,
      variationalRecurrent = false,
    } = this.#options;
    return {
      ...super.getConfig(),
      cell: toConfig(this.wrappedCell),
      inputKeepProb: this.#input.constantKeepProbability(),
      outputKeepProb: this.#output.constantKeepProbability(),
      stateKeepProb: this.#state.constantKeepProbability(),
      variationalRecurrent,
      inputSize,
      dtype,
      seed,
      maskPerExample: this.#options.maskPerExample ?? false,
      ...stateFilterConfig(this.#visitor),
    };
  }

  protected override createParameters(inputShape: InputShape): void {
    this.wrappedCell.build(inputShape);
  }

  protected override disposeOwn(): void {
    super.disposeOwn();
    this.resetDropoutMasks();
  }

  protected override step(
    inputs: Input,
    state: State,
    training: boolean | undefined,
  ): CellResult<State, Output> {
    if (training === false) return this.wrappedCell.call(inputs, state);
    const masks = currentRun()?.masksOf(this, () => new MaskStore()) ?? this.#masks;
    const dropped = this.#input.apply(inputs, masks);
    const next = this.wrappedCell.call(dropped, state);
    const filter = () => filterTree(this.#visitor, next.state);
    return {
      state: this.#state.apply(next.state, masks, filter),
      output: this.#output.apply(next.output, masks),
    };
  }
}

interface DropoutWrapperConfig extends DropoutWrapperOptions {
  readonly cell: SavedModule;
  readonly dropoutFn?: string;
  readonly dropoutFnType?: string;
}

registerModule(OP, (config: DropoutWrapperConfig) => {
  const { cell, dropoutFn, dropoutFnType, ...options } = config;
  const visitor =
    dropoutFn === undefined
      ? {}
      : { dropoutStateFilterVisitor: stateFilterOf(dropoutFn, dropoutFnType) };
  return new DropoutWrapper(cellFromConfig(cell), { ...options, ...visitor });
});

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

function checkVariational(options: DropoutWrapperOptions, dropsInput: boolean): void {
  const { variationalRecurrent = false, dtype, inputSize } = options;
  if (dtype !== undefined && dtype !== null && dtype !== 'float32') {
    const expected = "'float32'";
    throw new ValueError(argumentMessage({ op: OP, argument: 'dtype', expected, received: dtype }));
  }
  if (!variationalRecurrent) return;
  if (dtype === undefined || dtype === null) {
    const expected = "'float32' with variationalRecurrent";
    throw new ValueError(argumentMessage({ op: OP, argument: 'dtype', expected, received: dtype }));
  }
  if (dropsInput && (inputSize === undefined || inputSize === null)) {
    const expected = 'given when inputs are dropped with variationalRecurrent';
    throw new ValueError(
      argumentMessage({ op: OP, argument: 'inputSize', expected, received: inputSize }),
    );
  }
}
