// SPDX-License-Identifier: Apache-2.0
import type { DType } from '@tapeloop/core';
import {
  type Config,
  type InputShape,
  Module,
  type RandomSource,
  toConfig,
} from '@tapeloop/layers';
import { ComponentDropout } from './component-dropout.ts';
import {
  type CheckedDropoutOptions,
  checkDropoutOptions,
  type DropoutWrapperOptions,
} from './dropout-wrapper-options.ts';
import { LSTMState } from './lstm-state.ts';
import { MaskStore } from './mask-store.ts';
import { type CellResult, type InitialStateOptions, RNNCell } from './rnn-cell.ts';
import { currentMasks } from './run.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';
import { dimensionsOf, type SizeTree } from './size.ts';
import { defaultStateFilter, filterTree } from './state-filter.ts';
import { stateFilterConfig } from './state-filter-names.ts';

/**
 * What both dropout wrappers do: dropout of a cell's inputs, outputs and states, the config, and the
 * wrapped cell showing through.
 */
export abstract class DropoutWrapperBase<State, Input, Output> extends RNNCell<
  State,
  Input,
  Output
> {
  readonly wrappedCell: RNNCell<State, Input, Output>;
  /** The options as they were given, for a clone. */
  protected readonly given: DropoutWrapperOptions;
  readonly #options: CheckedDropoutOptions;
  readonly #input: ComponentDropout;
  readonly #state: ComponentDropout;
  readonly #output: ComponentDropout;
  /** The masks of steps outside any run. */
  readonly #masks = new MaskStore();

  constructor(cell: RNNCell<State, Input, Output>, options: DropoutWrapperOptions = {}) {
    super(options);
    const op = this.className;
    const checked = checkDropoutOptions(op, cell, options);
    this.wrappedCell = cell;
    this.given = options;
    this.#options = checked;
    const { seed, variational, maskPerExample } = checked;
    const common = { op, seed, variational, maskPerExample };
    this.#input = new ComponentDropout({
      ...common,
      component: 'input',
      keepProbability: checked.input,
      size: checked.inputSize,
    });
    this.#state = new ComponentDropout({
      ...common,
      component: 'state',
      keepProbability: checked.state,
      size: cell.stateSize,
    });
    this.#output = new ComponentDropout({
      ...common,
      component: 'output',
      keepProbability: checked.output,
      size: cell.outputSize,
    });
  }

  override get stateSize(): SizeTree {
    return this.wrappedCell.stateSize;
  }

  override get outputSize(): SizeTree {
    return this.wrappedCell.outputSize;
  }

  override children(): ReadonlyMap<string, Module> {
    // A cell that is none of RNNCell's has nothing to show.
    return new Map(this.wrappedCell instanceof Module ? [['', this.wrappedCell]] : []);
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
    const { inputSize = null, dtype = null, seed = null } = this.#options;
    const { variational, maskPerExample, visitor } = this.#options;
    return {
      ...super.getConfig(),
      cell: toConfig(this.wrappedCell),
      inputKeepProb: this.#input.constantKeepProbability(),
      outputKeepProb: this.#output.constantKeepProbability(),
      stateKeepProb: this.#state.constantKeepProbability(),
      variationalRecurrent: variational,
      inputSize,
      dtype,
      seed,
      maskPerExample,
      ...stateFilterConfig(visitor),
    };
  }

  protected override createParameters(inputShape: InputShape): void {
    this.wrappedCell.build(inputShape);
  }

  protected override disposeOwn(): void {
    super.disposeOwn();
    this.resetDropoutMasks();
  }

  /** With constant probabilities and, where states are dropped, the default filter. */
  override canRunSequence(plan: SequencePlan): boolean {
    // A cell that is none of RNNCell's may lack the method.
    if (typeof this.wrappedCell.canRunSequence !== 'function') return false;
    if (!plan.training) return this.wrappedCell.canRunSequence(plan);
    const [units, ...rest] = dimensionsOf(this.outputSize) ?? [];
    if (units === undefined || rest.length > 0) return false;
    const dropsState = !this.#state.keepsAll;
    return (
      this.#input.canApplyToSequence(plan, plan.features) &&
      this.#state.canApplyToSequence(plan, units) &&
      this.#output.canApplyToSequence(plan, units) &&
      (!dropsState || (this.#droppedLeaf() !== undefined && !plan.hasStateMasks)) &&
      this.wrappedCell.canRunSequence({ ...plan, hasStateMasks: plan.hasStateMasks || dropsState })
    );
  }

  protected override sequence(
    sequence: SequenceInputs<State, Input>,
  ): SequenceResult<State, Output> {
    if (!sequence.plan.training) return this.wrappedCell.runSequence(sequence);
    const { time, batch } = sequence.plan;
    const masks = currentMasks(this, this.#masks);
    const inputs = this.#input.applyToSequence(sequence.inputs, masks);
    const leaf = this.#droppedLeaf() ?? 0;
    const shape = [time, batch, ...(dimensionsOf(this.outputSize) ?? [])];
    const stateMasks = this.#state.keepsAll
      ? sequence.stateMasks
      : { h: this.#state.sequenceMask(leaf, shape, masks) };
    const { outputs, state } = this.wrappedCell.runSequence({ ...sequence, inputs, stateMasks });
    return { outputs: this.#output.applyToSequence(outputs, masks), state };
  }

  protected override step(
    inputs: Input,
    state: State,
    training: boolean | undefined,
  ): CellResult<State, Output> {
    if (training === false) return this.wrappedCell.call(inputs, state);
    const masks = currentMasks(this, this.#masks);
    const dropped = this.#input.apply(inputs, masks);
    const next = this.wrappedCell.call(dropped, state);
    const filter = () => filterTree(this.#options.visitor, next.state);
    return {
      state: this.#state.apply(next.state, masks, filter),
      output: this.#output.apply(next.output, masks),
    };
  }

  /** Which leaf of the state the default filter drops, h; `undefined` for other filters and states. */
  #droppedLeaf(): number | undefined {
    if (this.#options.visitor !== defaultStateFilter) return undefined;
    if (dimensionsOf(this.stateSize) !== undefined) return 0;
    return this.stateSize instanceof LSTMState ? 1 : undefined;
  }
}
