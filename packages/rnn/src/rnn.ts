// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  keep,
  mapTensors,
  reverse,
  ShapeError,
  sameShape,
  showShape,
  Tensor,
  tensorsIn,
  transpose,
} from '@tapeloop/core';
import {
  type CallContext,
  type Config,
  type InputShape,
  isDryRun,
  Layer,
  type Module,
  type ModuleOptions,
  registerModule,
  type SavedModule,
  toConfig,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { runFused } from './fused.ts';
import { zipLeaves } from './nest.ts';
import { type CellResult, RNNCell } from './rnn-cell.ts';
import { withRun } from './run.ts';
import { StepMask } from './step-mask.ts';
import { unroll } from './unroll.ts';

/** Options of `RNN`; all default to false. */
export interface RNNOptions<ReturnState extends boolean = boolean> extends ModuleOptions {
  /** Gives the outputs of all steps instead of the last one's. */
  readonly returnSequences?: boolean;
  /** Gives `{ output, state }` instead of the output. */
  readonly returnState?: ReturnState;
  /** Takes the steps from the last to the first; outputs come in that order. */
  readonly goBackwards?: boolean;
  /** Starts each call from the state in which the last one ended, without a gradient through it. */
  readonly stateful?: boolean;
  /** Inputs, outputs and mask are `[time, batch, …]` instead of `[batch, time, …]`. */
  readonly timeMajor?: boolean;
  /** Takes the generic path, step by step, also where the cell has a fused one. */
  readonly unroll?: boolean;
  /** Gives zeros where the mask leaves a row out, instead of its last output. */
  readonly zeroOutputForMask?: boolean;
}

/** The options of `RNN` but its name, with the defaults filled in. */
export type ResolvedRNNOptions = Required<Omit<RNNOptions, 'name'>>;

/** What a call of `RNN` takes besides its inputs. */
export interface RNNContext<State> extends CallContext {
  /** Default: the cell's, zeros as a rule. */
  readonly initialState?: State;
  /**
   * `bool` `[batch, time]`, or `[time, batch]` with `timeMajor`: where it is false, a row keeps its
   * state and repeats its last output.
   */
  readonly mask?: Tensor;
  /** Number of steps of each row, `[batch]`: beyond it, a row keeps its state and gives zeros. */
  readonly sequenceLengths?: Tensor | readonly number[];
}

/** What a call of `RNN` gives: the output, and the state too with `returnState`. */
export type RNNOutput<State, ReturnState extends boolean> = ReturnState extends true
  ? CellResult<State>
  : Tensor;

/**
 * Runs a cell over the steps of a sequence.
 *
 * Shapes: inputs `[batch, time, features]`, output `[batch, units]`, or `[batch, time, units]` with
 * `returnSequences`; time and batch change places with `timeMajor`. `output` is a row's last output
 * that the mask lets through.
 *
 * Parameters have the cell's paths: `kernel`, or `cell0/kernel` for `StackedRNNCells`. Each call is a
 * run of its own: variational dropout draws one mask for all its steps.
 *
 * @throws TypeError when `cell` is none; at a call, ShapeError, ValueError or TypeError when inputs,
 *   initial state, mask or lengths do not fit.
 * @see Keras's `RNN`; `sequenceLengths` as in TensorFlow's `dynamic_rnn`.
 */
export class RNN<State, ReturnState extends boolean = false> extends Layer<
  RNNOutput<State, ReturnState>,
  RNNContext<State>
> {
  readonly cell: RNNCell<State>;
  /** What it was made with. */
  readonly options: ResolvedRNNOptions;
  #carried: State | undefined;

  constructor(cell: RNNCell<State>, options: RNNOptions<ReturnState> = {}) {
    super(options);
    if (!(cell instanceof RNNCell)) {
      const expected = 'an RNNCell';
      throw new TypeError(
        argumentMessage({ op: 'RNN', argument: 'cell', expected, received: cell }),
      );
    }
    this.cell = cell;
    this.options = resolveOptions(options);
  }

  override get className(): string {
    return 'RNN';
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['', this.cell]]);
  }

  /** The mask as it came, reversed with the outputs by `goBackwards`; none without `returnSequences`. */
  override computeMask(_inputs: Tensor, mask?: Tensor): Tensor | undefined {
    const { returnSequences, goBackwards, timeMajor } = this.options;
    if (!returnSequences || mask === undefined) return undefined;
    return goBackwards ? reverse(mask, timeMajor ? 0 : 1) : mask;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cell: toConfig(this.cell), ...this.options };
  }

  /** The state that the next call of a stateful layer starts from; `undefined` before the first. */
  get state(): State | undefined {
    return this.#carried;
  }

  /** Makes the next call of a stateful layer start from the cell's initial state, or from a copy of `state`. */
  resetStates(state?: State): void {
    const next = state === undefined ? undefined : detached(state);
    for (const tensor of tensorsIn(this.#carried)) tensor.dispose();
    this.#carried = next;
  }

  protected override createParameters(inputShape: InputShape): void {
    checkRank(inputShape);
    const batch = inputShape[this.options.timeMajor ? 1 : 0] ?? null;
    this.cell.build([batch, ...inputShape.slice(2)]);
  }

  protected override disposeOwn(): void {
    super.disposeOwn();
    this.resetStates();
  }

  protected override forward(
    inputs: Tensor,
    training: boolean,
    context: RNNContext<State> | undefined,
  ): RNNOutput<State, ReturnState>;
  protected override forward(
    inputs: Tensor,
    training: boolean,
    context: RNNContext<State> = {},
  ): Tensor | CellResult<State> {
    checkRank(inputs.shape);
    const { timeMajor, stateful, returnState } = this.options;
    const [batch = 0, time = 0] = timeMajor ? [inputs.shape[1], inputs.shape[0]] : inputs.shape;
    const mask = this.#maskOf(context, batch, time);
    const initialState = this.#initialState(inputs, batch, context.initialState);
    const { output, state } = withRun(() =>
      this.#run(inputs, initialState, mask, training, context),
    );
    if (stateful && !isDryRun()) this.resetStates(state);
    if (!returnState) return output;
    // A handle of its own, should the output be the state.
    return { output: output.cloneHandle(), state };
  }

  #run(
    inputs: Tensor,
    initialState: State,
    mask: StepMask | undefined,
    training: boolean,
    { sequenceLengths }: RNNContext<State>,
  ): CellResult<State> {
    const { timeMajor, returnSequences, goBackwards } = this.options;
    const zeroOutputs = sequenceLengths !== undefined || this.options.zeroOutputForMask;
    const [batch = 0, time = 0] = timeMajor ? [inputs.shape[1], inputs.shape[0]] : inputs.shape;
    const features = inputs.shape[2] ?? 0;
    const isMasked = mask !== undefined;
    const sizes = { time, batch, features };
    const plan = { training, ...sizes, goBackwards, isMasked, hasStateMasks: false };
    const isGeneric = this.options.unroll || inputs.rank !== 3 || inputs.size === 0;
    if (!isGeneric && this.cell.canRunSequence(plan)) {
      return runFused(this.cell, {
        ...{ plan, initialState, timeMajor, returnSequences },
        inputs: timeMajor ? inputs : transpose(inputs, [1, 0, 2]),
        valid: mask?.toTensor(batch),
        zeroOutputs,
      });
    }
    return unroll({
      cell: this.cell,
      inputs,
      timeAxis: timeMajor ? 0 : 1,
      initialState,
      goBackwards,
      mask,
      zeroOutputs,
      returnSequences,
    });
  }

  #maskOf(
    { mask, sequenceLengths }: RNNContext<State>,
    batch: number,
    time: number,
  ): StepMask | undefined {
    if (mask !== undefined && sequenceLengths !== undefined) {
      const expected = 'absent when sequenceLengths is given';
      throw new TypeError(
        argumentMessage({ op: 'RNN', argument: 'mask', expected, received: mask }),
      );
    }
    if (sequenceLengths !== undefined) return StepMask.ofLengths(sequenceLengths, batch, time);
    if (mask === undefined) return undefined;
    return StepMask.ofMask(mask, batch, time, this.options.timeMajor);
  }

  #initialState(inputs: Tensor, batch: number, given: State | undefined): State {
    const dtype = inputs.dtype === 'float32' ? inputs.dtype : undefined;
    const zero = () =>
      this.cell.getInitialState({ batchSize: batch, ...(dtype === undefined ? {} : { dtype }) });
    const state = given ?? this.#carried;
    if (state === undefined) return zero();
    const argument = given === undefined ? 'the state of the last call' : 'initialState';
    zipLeaves('RNN', argument, zero(), state, (expected, received) => {
      checkLeaf(argument, expected, received);
      return received;
    });
    return state;
  }
}

interface RNNConfig extends RNNOptions {
  readonly cell: SavedModule;
}

registerModule(
  'RNN',
  ({ cell, ...options }: RNNConfig) => new RNN<unknown, boolean>(cellFromConfig(cell), options),
);

function resolveOptions({
  returnSequences = false,
  returnState = false,
  goBackwards = false,
  stateful = false,
  timeMajor = false,
  unroll = false,
  zeroOutputForMask = false,
}: RNNOptions): ResolvedRNNOptions {
  const result = { returnSequences, returnState, goBackwards };
  return { ...result, stateful, timeMajor, unroll, zeroOutputForMask };
}

function checkRank(shape: InputShape): void {
  if (shape.length >= 3) return;
  const expected = 'of shape [batch, time, features]';
  throw new ShapeError(
    argumentMessage({ op: 'RNN', argument: 'inputs', expected, received: shape }),
  );
}

function checkLeaf(argument: string, expected: unknown, received: unknown): void {
  if (!(expected instanceof Tensor)) return;
  if (!(received instanceof Tensor)) {
    const problem = { op: 'RNN', argument, expected: 'made of tensors', received };
    throw new TypeError(argumentMessage(problem));
  }
  if (sameShape(expected.shape, received.shape)) return;
  throw new ShapeError(
    `RNN: ${argument} must have tensors of shape ${showShape(expected.shape)}, got ` +
      `${showShape(received.shape)}. A stateful layer keeps its batch size until resetStates().`,
  );
}

/** Copies with an identity that no tape knows, outside every scope. */
function detached<State>(state: State): State {
  return mapTensors(state, (tensor) => keep(tensor.shareAs(tensor.shape, 'state')));
}
