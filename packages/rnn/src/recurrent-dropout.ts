// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, checkSeed, mul, Tensor, ValueError } from '@tapeloop/core';
import {
  type Config,
  type Module,
  type ModuleOptions,
  type RandomSource,
  registerModule,
  type SavedModule,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { CellWrapper } from './cell-wrapper.ts';
import { ComponentSources } from './component-sources.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMState } from './lstm-state.ts';
import { MaskStore } from './mask-store.ts';
import { checkRateBelowOne } from './rate-below-one.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import { currentMasks } from './run.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';
import { ZoneoutWrapper } from './zoneout-wrapper.ts';

/** Options of `RecurrentDropout`. */
export interface RecurrentDropoutOptions extends ModuleOptions {
  /** Share of the inputs that is dropped, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** Share of h that is dropped where the recurrent product reads it, in [0, 1). Default 0. */
  readonly recurrentDropout?: number;
  /** Default: streams forked from the default by the wrapper's path. */
  readonly seed?: number | null;
}

const OP = 'RecurrentDropout';

/**
 * The dropout of Keras's recurrent layers: in training, `x · kernel` reads `x ⊙ m` and
 * `h · recurrentKernel` reads `h ⊙ m'`. The masks are drawn once for all steps of a run, anew for each
 * row, and scaled by 1 / (1 − rate); the state that is carried on is never dropped.
 *
 * It wraps `SimpleRNNCell`, `LSTMCell`, `GRUCell` and cells of one tensor or an `LSTMState` whose
 * equations use h in products only. Other wrappers go around it: inside it, a `ZoneoutWrapper` or a
 * wrapped `GRUCell` would carry the dropped h on. Stepped by hand outside any run it keeps its masks
 * until `resetDropoutMasks()`.
 *
 * Differs from Keras with `recurrentDropout`: all gates share one mask (there: one for each gate).
 *
 * @throws TypeError when `cell` is no cell, a rate no number or the seed no safe integer; ValueError
 *   for a rate outside [0, 1), or for a `recurrentDropout` above 0 around a cell that would carry the
 *   dropped h on.
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 *   Networks"; the arguments `dropout` and `recurrent_dropout` of Keras's `LSTM`.
 */
export class RecurrentDropout<State> extends CellWrapper<State> {
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
  readonly #input: ComponentSources;
  readonly #state: ComponentSources;
  /** The masks of steps outside any run. */
  readonly #masks = new MaskStore();

  constructor(cell: RNNCell<State>, options: RecurrentDropoutOptions = {}) {
    super(cell, options);
    const { dropout = 0, recurrentDropout = 0 } = options;
    this.dropout = checkRateBelowOne(OP, 'dropout', dropout);
    this.recurrentDropout = checkRateBelowOne(OP, 'recurrentDropout', recurrentDropout);
    if (recurrentDropout > 0) checkReads(cell);
    const seed = options.seed ?? undefined;
    if (seed !== undefined) checkSeed(OP, seed);
    this.seed = seed;
    this.#input = new ComponentSources(OP, 'input', seed);
    this.#state = new ComponentSources(OP, 'state', seed);
  }

  override get className(): string {
    return OP;
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map([
      ['input_0', this.#input.source(0)],
      ['state_0', this.#state.source(0)],
    ]);
  }

  override getConfig(): Config {
    const { dropout, recurrentDropout, seed = null } = this;
    return { ...super.getConfig(), dropout, recurrentDropout, seed };
  }

  /** Makes steps outside any run draw new masks from here on. */
  resetDropoutMasks(): void {
    this.#masks.dispose();
  }

  override canRunSequence(plan: SequencePlan): boolean {
    return !plan.training && this.wrappedCell.canRunSequence(plan);
  }

  protected override sequence(inputs: SequenceInputs<State>): SequenceResult<State> {
    return this.wrappedCell.runSequence(inputs);
  }

  protected override disposeOwn(): void {
    super.disposeOwn();
    this.resetDropoutMasks();
  }

  protected override step(
    inputs: Tensor,
    state: State,
    training: boolean | undefined,
  ): CellResult<State>;
  protected override step(
    inputs: Tensor,
    state: State,
    training: boolean | undefined,
  ): CellResult<unknown> {
    if (training === false) return this.wrappedCell.call(inputs, state);
    const masks = currentMasks(this, this.#masks);
    const drop = (x: Tensor, rate: number, name: string, sources: ComponentSources) => {
      if (rate === 0) return x;
      return mul(
        x,
        masks.mask(name, x.shape, 1 - rate, () => sources.stream(0)),
      );
    };
    const x = drop(inputs, this.dropout, 'input_0', this.#input);
    const dropState = (h: Tensor) => drop(h, this.recurrentDropout, 'state_0', this.#state);
    const cell: RNNCell<unknown> = this.wrappedCell;
    if (cell instanceof GRUCell && state instanceof Tensor) {
      return cell.callReading(x, state, dropState(state));
    }
    if (state instanceof LSTMState) {
      return cell.call(x, new LSTMState({ c: state.c, h: dropState(state.h) }));
    }
    if (state instanceof Tensor) return cell.call(x, dropState(state));
    const expected = 'a tensor or an LSTMState';
    throw new TypeError(argumentMessage({ op: OP, argument: 'state', expected, received: state }));
  }
}

/** @throws ValueError when a step would carry on the h that it is given. */
function checkReads(cell: RNNCell<unknown>): void {
  const carries = (module: Module): boolean =>
    module instanceof ZoneoutWrapper ||
    (module instanceof GRUCell && module !== cell) ||
    [...module.children().values()].some(carries);
  if (!carries(cell)) return;
  const expected = 'a cell that uses h in products only where recurrentDropout is above 0';
  const hint =
    'Put RecurrentDropout directly around the innermost cell, the other wrappers around it.';
  throw new ValueError(
    argumentMessage({ op: OP, argument: 'cell', expected, received: cell, hint }),
  );
}

interface RecurrentDropoutConfig extends RecurrentDropoutOptions {
  readonly cell: SavedModule;
}

registerModule(
  OP,
  ({ cell, ...options }: RecurrentDropoutConfig) =>
    new RecurrentDropout(cellFromConfig(cell), options),
);
