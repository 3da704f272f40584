// SPDX-License-Identifier: Apache-2.0
import { add, checkSeed, dropoutMask, equal, mul, Tensor, where } from '@tapeloop/core';
import {
  type Config,
  callPath,
  joinPath,
  type ModuleOptions,
  RandomSource,
  registerModule,
  type SavedModule,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { CellWrapper } from './cell-wrapper.ts';
import { componentSeed } from './component-seed.ts';
import { LSTMState } from './lstm-state.ts';
import { entriesOf, zipLeaves } from './nest.ts';
import { checkRateBelowOne } from './rate-below-one.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import { dimensionsOf, type SizeTree } from './size.ts';

/** Options of `ZoneoutWrapper`. */
export interface ZoneoutWrapperOptions extends ModuleOptions {
  /** Probability that an element of a state keeps its old value, in [0, 1). Default 0. */
  readonly zoneout?: number;
  /** The same for `c` of an `LSTMState`. Default 0. */
  readonly cellZoneout?: number;
  /** Default: streams forked from the default by the wrapper's path. */
  readonly seed?: number | null;
}

const OP = 'ZoneoutWrapper';

/** What zones out one tensor of a state. */
interface Leaf {
  readonly name: string;
  readonly rate: number;
  readonly source: RandomSource;
}

/**
 * A cell whose state keeps some of its old elements: `(y, s') = cell(x, s)`, then
 *
 * ```
 * s'' = m ⊙ s + (1 − m) ⊙ s',   m = 1 with probability z     in training
 * s'' = z ⊙ s + (1 − z) ⊙ s'                                 in inference
 * ```
 *
 * with a new m for each step, row and element. Where the cell's output is one of its new states, as
 * h of an LSTM, the output is the zoned-out state, as in the paper; any other output is left alone.
 *
 * Called by hand, outside any layer and without a training flag, it draws masks, as `DropoutWrapper`
 * does. States are numbered for their seeds in their order; a rate of 0 draws nothing.
 *
 * @throws TypeError when `cell` is no cell, a rate no number or the seed no safe integer; ValueError
 *   for a rate outside [0, 1).
 * @see Krueger et al. 2017, "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations".
 */
export class ZoneoutWrapper<State> extends CellWrapper<State> {
  readonly zoneout: number;
  readonly cellZoneout: number;
  readonly seed: number | undefined;
  readonly #leaves: readonly Leaf[];

  constructor(cell: RNNCell<State>, options: ZoneoutWrapperOptions = {}) {
    super(cell, options);
    this.zoneout = checkRateBelowOne(OP, 'zoneout', options.zoneout ?? 0);
    this.cellZoneout = checkRateBelowOne(OP, 'cellZoneout', options.cellZoneout ?? 0);
    const seed = options.seed ?? undefined;
    if (seed !== undefined) checkSeed(OP, seed);
    this.seed = seed;
    this.#leaves = this.#ratesOf(cell.stateSize).map((rate, i) => {
      const own = seed === undefined ? undefined : componentSeed(seed, 'state', i);
      return { name: `zoneout_${i}`, rate, source: new RandomSource(OP, own) };
    });
  }

  override get className(): string {
    return OP;
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map(this.#leaves.map(({ name, source }) => [name, source]));
  }

  override getConfig(): Config {
    const { zoneout, cellZoneout, seed = null } = this;
    return { ...super.getConfig(), zoneout, cellZoneout, seed };
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
    const next = this.wrappedCell.call(inputs, state);
    const zoned = new Map<Tensor, Tensor>();
    let index = 0;
    const mixed = zipLeaves(OP, 'state', next.state, state, (after, before) => {
      const leaf = this.#leaves[index++];
      if (leaf === undefined || leaf.rate === 0) return after;
      if (!(before instanceof Tensor) || !(after instanceof Tensor)) return after;
      const result = zoneOut(leaf, before, after, training);
      zoned.set(after, result);
      return result;
    });
    return { output: zoned.get(next.output) ?? next.output, state: mixed };
  }

  /** The rates of the tensors of a state of this size, in their order. */
  #ratesOf(size: SizeTree): number[] {
    if (size instanceof LSTMState) return [this.cellZoneout, this.zoneout];
    const entries = dimensionsOf(size) === undefined ? entriesOf(size) : undefined;
    return entries?.flatMap(([, child]) => this.#ratesOf(child)) ?? [this.zoneout];
  }
}

interface ZoneoutWrapperConfig extends ZoneoutWrapperOptions {
  readonly cell: SavedModule;
}

registerModule(
  OP,
  ({ cell, ...options }: ZoneoutWrapperConfig) => new ZoneoutWrapper(cellFromConfig(cell), options),
);

/** The equations of the class for one tensor of a state. */
function zoneOut(
  { name, rate, source }: Leaf,
  before: Tensor,
  after: Tensor,
  training: boolean | undefined,
): Tensor {
  if (training === false) return add(mul(before, rate), mul(after, 1 - rate));
  const stream = source.stream(joinPath(callPath(), name));
  // What a dropout at that rate would drop keeps its old value.
  const isKept = equal(dropoutMask(after.shape, rate, { stream }), 0);
  return where(isKept, before, after);
}
