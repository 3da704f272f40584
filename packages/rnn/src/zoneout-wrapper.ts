// SPDX-License-Identifier: Apache-2.0
import {
  add,
  argumentMessage,
  checkSeed,
  dropoutMask,
  equal,
  mul,
  type Shape,
  Tensor,
  ValueError,
  where,
} from '@tapeloop/core';
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
import { checkSameLevel, entriesOf, withChildren } from './nest.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import { countSizes } from './size.ts';

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
  readonly #sources: readonly RandomSource[];

  constructor(cell: RNNCell<State>, options: ZoneoutWrapperOptions = {}) {
    super(cell, options);
    this.zoneout = checkRate('zoneout', options.zoneout ?? 0);
    this.cellZoneout = checkRate('cellZoneout', options.cellZoneout ?? 0);
    const seed = options.seed ?? undefined;
    if (seed !== undefined) checkSeed(OP, seed);
    this.seed = seed;
    this.#sources = Array.from({ length: countSizes(OP, cell.stateSize) }, (_, i) => {
      return new RandomSource(OP, seed === undefined ? undefined : componentSeed(seed, 'state', i));
    });
  }

  override get className(): string {
    return OP;
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map(this.#sources.map((source, i) => [`zoneout_${i}`, source]));
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
    const walk = (before: unknown, after: unknown, rate: number): unknown => {
      checkSameLevel(OP, 'state', before, after);
      const entries = entriesOf(after);
      if (entries !== undefined) {
        const old = entriesOf(before) ?? [];
        const rateOf = (key: string) =>
          after instanceof LSTMState && key === 'c' ? this.cellZoneout : this.zoneout;
        return withChildren(
          after,
          entries.map(([key, child], i) => walk(old[i]?.[1], child, rateOf(key))),
        );
      }
      const source = this.#sources[index++];
      if (rate === 0 || source === undefined) return after;
      if (!(before instanceof Tensor) || !(after instanceof Tensor)) return after;
      const mixed =
        training === false
          ? add(mul(before, rate), mul(after, 1 - rate))
          : where(drawMask(after.shape, rate, source, `zoneout_${index - 1}`), before, after);
      zoned.set(after, mixed);
      return mixed;
    };
    const mixedState = walk(state, next.state, this.zoneout);
    return { output: zoned.get(next.output) ?? next.output, state: mixedState };
  }
}

interface ZoneoutWrapperConfig extends ZoneoutWrapperOptions {
  readonly cell: SavedModule;
}

registerModule(
  OP,
  ({ cell, ...options }: ZoneoutWrapperConfig) => new ZoneoutWrapper(cellFromConfig(cell), options),
);

/** True with probability `rate`: the elements that a dropout at that rate would drop. */
function drawMask(shape: Shape, rate: number, source: RandomSource, name: string): Tensor {
  const stream = source.stream(joinPath(callPath(), name));
  return equal(dropoutMask(shape, rate, { stream }), 0);
}

function checkRate(argument: string, rate: unknown): number {
  const expected = 'a number in [0, 1)';
  const problem = { op: OP, argument, expected, received: rate };
  if (typeof rate !== 'number') throw new TypeError(argumentMessage(problem));
  if (!(rate >= 0 && rate < 1)) throw new ValueError(argumentMessage(problem));
  return rate;
}
