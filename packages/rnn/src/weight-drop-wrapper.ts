// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  checkAnySeed,
  mul,
  type Parameter,
  type Seed,
  type Tensor,
  ValueError,
} from '@tapeloop/core';
import {
  type CheckedRate,
  type Config,
  checkRate,
  type ModuleOptions,
  type RandomSource,
  type Rate,
  registerModule,
  type SavedModule,
  savedRate,
  trainingRate,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { CellWrapper } from './cell-wrapper.ts';
import { ComponentSources } from './component-sources.ts';
import { MaskStore } from './mask-store.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import { currentMasks } from './run.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';

/** Options of `WeightDropWrapper`. */
export interface WeightDropWrapperOptions extends ModuleOptions {
  /** The share of weights that is dropped, in [0, 1]; a function is asked at every step. Default 0.5. */
  readonly rate?: Rate;
  /** The names of the parameters that are dropped, wherever in the cell. Default `['recurrentKernel']`. */
  readonly weights?: readonly string[];
  /** Default: streams forked from the default by the wrapper's path. */
  readonly seed?: Seed | null;
}

const OP = 'WeightDropWrapper';

/**
 * A cell with some weights dropped (DropConnect): in training it computes with `W ⊙ m / (1 − rate)`,
 * where each element of m is 0 with probability `rate`, else 1. The masks are drawn once for all
 * steps of a run, so that a fused sequence stays one; stepped by hand outside any run, they stay until
 * `resetDropoutMasks()`. In inference it is the wrapped cell, bit for bit.
 *
 * Its parameters are those of the wrapped cell, under the same paths. Gradients reach the weights that
 * were kept.
 *
 * @throws TypeError when `cell` is no cell, `rate` no number or the seed no safe integer; ValueError
 *   for a rate outside [0, 1]; at a step in training, ValueError for a rate of 1, or when the cell has
 *   no parameter of one of the names.
 * @see Wan et al. 2013, "Regularization of Neural Networks using DropConnect"; Merity et al. 2018,
 *   "Regularizing and Optimizing LSTM Language Models", section 2, whose scaling this is.
 */
export class WeightDropWrapper<State> extends CellWrapper<State> {
  readonly weights: readonly string[];
  readonly seed: Seed | undefined;
  readonly #rate: CheckedRate;
  readonly #sources: ComponentSources;
  /** The masks of steps outside any run. */
  readonly #masks = new MaskStore();

  constructor(cell: RNNCell<State>, options: WeightDropWrapperOptions = {}) {
    super(cell, options);
    this.#rate = checkRate(OP, options.rate ?? 0.5);
    this.weights = options.weights ?? ['recurrentKernel'];
    const seed = options.seed ?? undefined;
    if (seed !== undefined) checkAnySeed(OP, seed);
    this.seed = seed;
    this.#sources = new ComponentSources(OP, 'weight', seed);
  }

  override get className(): string {
    return OP;
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    if (this.wrappedCell.isBuilt) this.#dropped().forEach((_, i) => this.#sources.source(i));
    return this.#sources.made;
  }

  /** Makes steps outside any run draw new masks from here on. */
  resetDropoutMasks(): void {
    this.#masks.dispose();
  }

  /** @throws ValueError when the rate is a function. */
  override getConfig(): Config {
    const { weights, seed = null } = this;
    return { ...super.getConfig(), rate: savedRate(OP, this.#rate), weights, seed };
  }

  override canRunSequence(plan: SequencePlan): boolean {
    return this.wrappedCell.canRunSequence(plan);
  }

  protected override sequence(inputs: SequenceInputs<State>): SequenceResult<State> {
    const run = () => this.wrappedCell.runSequence(inputs);
    return inputs.plan.training ? this.#withDropped(run) : run();
  }

  protected override step(
    inputs: Tensor,
    state: State,
    training: boolean | undefined,
  ): CellResult<State> {
    const run = () => this.wrappedCell.call(inputs, state);
    return training === false ? run() : this.#withDropped(run);
  }

  protected override disposeOwn(): void {
    super.disposeOwn();
    this.resetDropoutMasks();
  }

  #withDropped<T>(fn: () => T): T {
    const rate = trainingRate(OP, this.#rate);
    if (rate === 0) return fn();
    const masks = currentMasks(this, this.#masks);
    const nested = this.#dropped().reduce((inner, parameter, i) => {
      const stream = () => this.#sources.stream(i);
      const mask = masks.mask(`weight_${i}`, parameter.shape, Math.fround(1 - rate), stream);
      const dropped = mul(parameter.value, mask);
      return () => parameter.withValue(dropped, inner);
    }, fn);
    return nested();
  }

  /** The parameters that are dropped. */
  #dropped(): Parameter[] {
    const named = this.wrappedCell.namedParameters();
    const has = (name: string) => named.some(([path]) => path.split('/').at(-1) === name);
    const missing = this.weights.filter((name) => !has(name));
    if (missing.length > 0) {
      const known = named.map(([path]) => path).join(', ');
      const expected = `names of parameters of the cell, which has ${known}`;
      throw new ValueError(
        argumentMessage({ op: OP, argument: 'weights', expected, received: missing }),
      );
    }
    return named
      .filter(([path]) => this.weights.includes(path.split('/').at(-1) ?? ''))
      .map(([, parameter]) => parameter);
  }
}

interface WeightDropWrapperConfig extends WeightDropWrapperOptions {
  readonly cell: SavedModule;
}

registerModule(
  OP,
  ({ cell, ...options }: WeightDropWrapperConfig) =>
    new WeightDropWrapper(cellFromConfig(cell), options),
);
