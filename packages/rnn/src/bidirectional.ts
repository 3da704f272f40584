// SPDX-License-Identifier: Apache-2.0
import {
  add,
  argumentMessage,
  concat,
  expandDims,
  mul,
  reverse,
  type Tensor,
  ValueError,
  where,
} from '@tapeloop/core';
import {
  type Config,
  fromConfig,
  type InputShape,
  Layer,
  type Module,
  type ModuleOptions,
  registerModule,
  type SavedModule,
  toConfig,
} from '@tapeloop/layers';
import { RecurrentLayer } from './recurrent-layer.ts';
import { RNN, type RNNContext } from './rnn.ts';
import type { CellResult } from './rnn-cell.ts';

/** How the outputs of the two directions become one; `null` leaves them apart. */
export type MergeMode = 'concat' | 'sum' | 'mul' | 'ave' | null;

/** A layer that runs a cell over a sequence. */
export type SequenceLayer<State> = RNN<State, boolean> | RecurrentLayer<State, boolean>;

/** The states of both directions. */
export type BothStates<State> = readonly [forward: State, backward: State];

/** Options of `Bidirectional`. */
export interface BidirectionalOptions<State, Merge extends MergeMode = MergeMode>
  extends ModuleOptions {
  /** Default `'concat'`. */
  readonly mergeMode?: Merge;
  /** The layer of the other direction, with `goBackwards`. Default: a copy of the first, turned round. */
  readonly backwardLayer?: SequenceLayer<State> | null;
}

/** The output of both directions: merged, or a pair without `mergeMode`. */
export type MergedOutput<Merge extends MergeMode> = Merge extends null
  ? readonly [forward: Tensor, backward: Tensor]
  : Tensor;

/** What a call of `Bidirectional` gives. */
export type BidirectionalOutput<State, Merge extends MergeMode, ReturnState extends boolean> =
  | (false extends ReturnState ? MergedOutput<Merge> : never)
  | (true extends ReturnState ? CellResult<BothStates<State>, MergedOutput<Merge>> : never);

const OP = 'Bidirectional';

/**
 * Runs a layer over a sequence in both directions and merges what they give: side by side, their sum,
 * product or mean, or not at all. With `returnSequences` the outputs of the backward direction are
 * turned round again, so that each stands at the step it is for.
 *
 * Masks and lengths hold for both directions: the backward one starts at a row's last step that
 * counts. Where a step does not, both give zeros with `returnSequences`, as in Keras. With
 * `returnState` the state is the pair of both, and so is `initialState`.
 *
 * Shapes: those of the layer; features are twice as many with `'concat'`. Parameters have the layer's
 * paths under `forward` and `backward`.
 *
 * @throws TypeError when a layer is no `RNN` and none made of it; ValueError for an unknown
 *   `mergeMode`, a first layer that goes backwards, or a backward layer that does not or that has other
 *   options than the first.
 * @see Schuster and Paliwal 1997, "Bidirectional Recurrent Neural Networks"; Keras's `Bidirectional`.
 */
export class Bidirectional<
  State,
  Merge extends MergeMode = 'concat',
  ReturnState extends boolean = false,
> extends Layer<BidirectionalOutput<State, Merge, ReturnState>, RNNContext<BothStates<State>>> {
  readonly forwardLayer: SequenceLayer<State>;
  readonly backwardLayer: SequenceLayer<State>;
  readonly mergeMode: MergeMode;
  readonly #isDerived: boolean;

  constructor(
    layer: RNN<State, ReturnState> | RecurrentLayer<State, ReturnState>,
    options: BidirectionalOptions<State, Merge> = {},
  ) {
    super(options);
    const { mergeMode = 'concat', backwardLayer } = options;
    checkLayer('layer', layer);
    checkMergeMode(mergeMode);
    this.mergeMode = mergeMode;
    this.forwardLayer = layer;
    this.#isDerived = backwardLayer === undefined || backwardLayer === null;
    this.backwardLayer = backwardLayer ?? turnedRound(layer);
    checkLayer('backwardLayer', this.backwardLayer);
    checkDirections(optionsOf(layer), optionsOf(this.backwardLayer));
  }

  override get className(): string {
    return OP;
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map<string, Module>([
      ['forward', this.forwardLayer],
      ['backward', this.backwardLayer],
    ]);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      layer: toConfig(this.forwardLayer),
      backwardLayer: this.#isDerived ? null : toConfig(this.backwardLayer),
      mergeMode: this.mergeMode,
    };
  }

  override computeMask(_inputs: Tensor, mask?: Tensor): Tensor | undefined {
    return optionsOf(this.forwardLayer).returnSequences ? mask : undefined;
  }

  /** Makes the next call of a stateful layer start from the initial states. */
  resetStates(): void {
    this.forwardLayer.resetStates();
    this.backwardLayer.resetStates();
  }

  protected override createParameters(inputShape: InputShape): void {
    this.forwardLayer.build(inputShape);
    this.backwardLayer.build(inputShape);
  }

  protected override forward(
    inputs: Tensor,
    training: boolean,
    context: RNNContext<BothStates<State>> | undefined,
  ): BidirectionalOutput<State, Merge, ReturnState>;
  protected override forward(
    inputs: Tensor,
    _training: boolean,
    { initialState, ...context }: RNNContext<BothStates<State>> = {},
  ): unknown {
    const run = (layer: SequenceLayer<State>, state: State | undefined) => {
      return layer.call(
        inputs,
        state === undefined ? context : { ...context, initialState: state },
      );
    };
    const [first, second] = initialState ?? [];
    const forward = resultOf(run(this.forwardLayer, first));
    const backward = resultOf(run(this.backwardLayer, second));
    const { returnSequences, timeMajor } = optionsOf(this.forwardLayer);
    const inOrder = returnSequences ? reverse(backward.output, timeMajor ? 0 : 1) : backward.output;
    const shown = (output: Tensor) =>
      returnSequences && context.mask !== undefined
        ? where(expandDims(context.mask, -1), output, 0)
        : output;
    const output = merge(this.mergeMode, shown(forward.output), shown(inOrder));
    if (forward.state === undefined) return output;
    return { output, state: [forward.state, backward.state] };
  }
}

interface BidirectionalConfig extends ModuleOptions {
  readonly layer: SavedModule;
  readonly backwardLayer?: SavedModule | null;
  readonly mergeMode?: MergeMode;
}

registerModule(OP, ({ layer, backwardLayer, ...options }: BidirectionalConfig) => {
  const backward = backwardLayer ? sequenceLayerFromConfig(backwardLayer) : null;
  return new Bidirectional(sequenceLayerFromConfig(layer), { ...options, backwardLayer: backward });
});

function merge(mode: MergeMode, a: Tensor, b: Tensor): Tensor | readonly [Tensor, Tensor] {
  switch (mode) {
    case 'concat':
      return concat([a, b], -1);
    case 'sum':
      return add(a, b);
    case 'mul':
      return mul(a, b);
    case 'ave':
      return mul(add(a, b), 0.5);
    case null:
      return [a, b];
  }
}

/** A call's result as one with a state, which is absent without `returnState`. */
function resultOf<State>(result: Tensor | CellResult<State>): {
  readonly output: Tensor;
  readonly state?: State;
} {
  return 'output' in result ? result : { output: result };
}

/** The options that both directions share. */
function optionsOf<State>(layer: SequenceLayer<State>) {
  const { unroll: _, ...options } =
    layer instanceof RecurrentLayer ? layer.rnn.options : layer.options;
  return options;
}

/** A new layer of the same config that goes the other way. */
function turnedRound<State>(layer: SequenceLayer<State>): SequenceLayer<State>;
function turnedRound(layer: SequenceLayer<unknown>): SequenceLayer<unknown> {
  const { className, config } = toConfig(layer);
  return sequenceLayerFromConfig({
    className,
    config: { ...config, goBackwards: !optionsOf(layer).goBackwards },
  });
}

function sequenceLayerFromConfig(saved: SavedModule): SequenceLayer<unknown> {
  const module = fromConfig(saved);
  checkLayer('layer', module);
  return module;
}

function checkLayer(argument: string, layer: unknown): asserts layer is SequenceLayer<unknown> {
  if (layer instanceof RNN || layer instanceof RecurrentLayer) return;
  const expected = 'an RNN, LSTM, GRU or SimpleRNN';
  throw new TypeError(argumentMessage({ op: OP, argument, expected, received: layer }));
}

function checkMergeMode(mode: unknown): void {
  if (mode === null || ['concat', 'sum', 'mul', 'ave'].includes(String(mode))) return;
  const expected = "'concat', 'sum', 'mul', 'ave' or null";
  throw new ValueError(
    argumentMessage({ op: OP, argument: 'mergeMode', expected, received: mode }),
  );
}

function checkDirections(
  forward: ReturnType<typeof optionsOf>,
  backward: ReturnType<typeof optionsOf>,
): void {
  const fail = (argument: string, expected: string, received: unknown) => {
    throw new ValueError(argumentMessage({ op: OP, argument, expected, received }));
  };
  if (forward.goBackwards) fail('layer', 'one that goes forwards', 'goBackwards true');
  if (!backward.goBackwards) fail('backwardLayer', 'one with goBackwards', 'goBackwards false');
  const expected = { ...forward, goBackwards: true };
  if (JSON.stringify(backward) === JSON.stringify(expected)) return;
  fail('backwardLayer', `of the options ${JSON.stringify(expected)}`, backward);
}
