// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  DisposedError,
  type Parameter,
  type SparseGradients,
  stopRecording,
  tidy,
  ValueError,
  valueAndGrad,
  type WithLoss,
} from '@tapeloop/core';
import { checkGradients, notFinite } from './check-gradients.ts';
import { globalNorm } from './global-norm.ts';
import { checkNotNegative, checkWhole, type ParameterFilter } from './options.ts';
import { checkNames, makeState, withValues } from './parameter-values.ts';
import { runApply } from './run-transform.ts';
import { coalesced } from './sparse-gradients.ts';
import {
  copyEntries,
  disposeEntries,
  type OptimizerState,
  snapshot,
  writeSnapshot,
} from './state-snapshot.ts';
import type { GradientTransform, ScalarCell, StateEntries } from './transform.ts';

/** Options of an `Optimizer`. */
export interface OptimizerOptions {
  /**
   * What `step` does with gradients that are NaN or infinite: `throw`, or `skip` the step, which
   * changes nothing but the count of steps skipped. Default `throw`.
   */
  readonly nonFinite?: 'throw' | 'skip';
  /** How many steps in a row may be skipped; one more throws. At least 1. Default 10. */
  readonly maxSkips?: number;
}

/** What a step tells. */
export interface StepReport {
  /** The global norm of the gradients as they came in, before any clipping. */
  readonly gradientNorm: number;
  /** True when the gradients were not finite and nothing was changed. */
  readonly skipped: boolean;
}

/** What `minimize` returns. */
export interface MinimizeReport<T> extends StepReport {
  /** What the function returned; its tensors belong to the caller. */
  readonly value: T;
}

/**
 * Changes parameters in place by what a transform makes of their gradients.
 *
 * The state is kept per parameter, whatever the order of parameters or gradients. A parameter whose
 * `trainable` is false is left alone, to the bit; it keeps its state and may be trained again. Leave
 * one that never will be out of the list, to save that memory.
 *
 * @example
 * const optimizer = new Optimizer(
 *   model.parameters(),
 *   chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 })),
 * );
 * const { value: loss, gradientNorm } = optimizer.minimize(() => lossOf(model.call(x), y));
 */
export class Optimizer {
  readonly #members: Set<Parameter>;
  readonly #transform: GradientTransform<unknown>;
  readonly #options: Required<OptimizerOptions>;
  readonly #iterations: ScalarCell = { value: 0 };
  readonly #learningRateScale: ScalarCell = { value: 1 };
  readonly #skips: ScalarCell = { value: 0 };
  #state: unknown;
  #disposed = false;

  /**
   * @param parameters with names that differ; one that comes twice, as a tied weight, counts once.
   * @throws ValueError when two parameters have the same name: checkpoints go by it. Layers get
   *   theirs from where they are first called, so call them inside one model.
   */
  constructor(
    parameters: Iterable<Parameter>,
    transform: GradientTransform<unknown>,
    { nonFinite = 'throw', maxSkips = 10 }: OptimizerOptions = {},
  ) {
    this.#members = new Set(parameters);
    checkNames('Optimizer', this.#members);
    checkWhole('Optimizer', 'maxSkips', maxSkips, 1);
    this.#options = { nonFinite, maxSkips };
    this.#transform = transform;
    this.#state = makeState(transform, this.parameters);
  }

  /** Those it was given, each once. */
  get parameters(): readonly Parameter[] {
    return [...this.#members];
  }

  /** Steps made so far, those before a restored checkpoint included. Skipped ones do not count. */
  get iterations(): number {
    return this.#iterations.value;
  }

  /**
   * What every learning rate is multiplied by, schedules and all, decoupled weight decay with it. At
   * first 1. To be set while training runs, by hand or by `ReduceOnPlateau`; part of `state()`.
   */
  get learningRateScale(): number {
    return this.#learningRateScale.value;
  }

  /** @throws ValueError when it is negative or not finite. */
  set learningRateScale(scale: number) {
    checkNotNegative('Optimizer', 'learningRateScale', scale);
    this.#learningRateScale.value = scale;
  }

  /**
   * Adds the transform's updates to the parameters. The gradients stay as they are, and the caller's.
   *
   * @param gradients one for every trainable parameter, as `valueAndGrad` returns them, `sparse` or
   *   not. Rows of `IndexedSlices` that have one index are summed first, in their order.
   * @throws GradientError naming the parameter when a gradient is missing, not wanted, NaN or
   *   infinite; ShapeError or DTypeError when it does not fit. Nothing is changed then.
   * @throws what a schedule throws, and OutOfMemoryError: parameters are unchanged then, and so is
   *   the state, but for rules in a chain that come before the one that failed.
   */
  step(gradients: SparseGradients): StepReport {
    this.#assertAlive('step');
    checkGradients('Optimizer.step', gradients, this.#members);
    return tidy(() => stopRecording(() => this.#stepBy(coalesced(gradients))));
  }

  /**
   * Differentiates what `fn` computes and makes a step. All that was made on the way is freed, but
   * what `fn` returns. Gradients of parameters that have `sparseGradient` come as slices if they can.
   *
   * @param fn returns the loss, a scalar, or a record whose `loss` is one, with whatever else is
   *   wanted: a recurrent state, say.
   * @throws GradientError when the loss does not depend on a trainable parameter, and as `step`.
   */
  minimize<T extends WithLoss>(fn: () => T): MinimizeReport<T> {
    this.#assertAlive('minimize');
    return tidy(() => {
      const { value, gradients } = valueAndGrad(fn, this.parameters, { sparse: true });
      return { value, ...this.step(gradients) };
    });
  }

  /**
   * Takes parameters in while training runs. Their state is new; t, where a rule has one, is the
   * rule's, so that Adam's first steps of them are longer by the bias that it no longer corrects.
   *
   * @throws ValueError when a name is taken, and as the transform's `init`; nothing is changed then.
   */
  addParameters(parameters: Iterable<Parameter>): void {
    this.#assertAlive('addParameters');
    const all = new Set([...this.#members, ...parameters]);
    checkNames('Optimizer.addParameters', all);
    const grown = makeState(this.#transform, [...all]);
    const before = this.#transform.entries(this.#state);
    copyEntries(before, this.#transform.entries(grown));
    disposeEntries(before);
    this.#state = grown;
    for (const parameter of all) this.#members.add(parameter);
  }

  /** Sets `trainable` of the chosen parameters to false. Returns how many there are. */
  freeze(where: ParameterFilter): number {
    return this.#setTrainable(where, false);
  }

  /** Sets it to true again; what was kept for them goes on. Returns how many there are. */
  thaw(where: ParameterFilter): number {
    return this.#setTrainable(where, true);
  }

  /**
   * Runs `fn` while the parameters have the values that the transform averages: of
   * `averageParameters`, `asgd` or `lookahead`. They get their own back, to the bit, also when `fn`
   * throws. Parameters without an average keep theirs. `fn` is synchronous and must not call `step`.
   *
   * @throws ValueError when the transform keeps no averages.
   */
  withAverages<T>(fn: () => T): T {
    this.#assertAlive('withAverages');
    const averages = this.#transform.averages?.(this.#state);
    if (averages !== undefined) return withValues(averages, fn);
    throw new ValueError(
      argumentMessage({
        op: 'Optimizer.withAverages',
        argument: 'transform',
        expected: 'one that keeps averages',
        received: 'none',
        hint: 'End the chain with averageParameters().',
      }),
    );
  }

  /** A copy of everything that `restore` needs to go on as if never stopped. */
  state(): OptimizerState {
    this.#assertAlive('state');
    return tidy(() => snapshot(this.#entries()));
  }

  /**
   * Goes back to a state of an optimizer with the same rules and parameters, in any order. The
   * parameters' own values are not part of it.
   *
   * @throws ValueError or ShapeError naming entries that are missing, not wanted, or do not fit;
   *   nothing is changed then.
   */
  restore(state: OptimizerState): void {
    this.#assertAlive('restore');
    writeSnapshot('Optimizer.restore', this.#entries(), state);
  }

  /** Frees the state; the parameters stay. Disposing twice is allowed. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    disposeEntries(this.#entries());
  }

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #entries(): StateEntries {
    const { tensors, scalars } = this.#transform.entries(this.#state);
    const own = new Map<string, ScalarCell>([
      ['iterations', this.#iterations],
      ['learningRateScale', this.#learningRateScale],
    ]);
    if (this.#options.nonFinite === 'skip') own.set('skips', this.#skips);
    return { tensors, scalars: new Map([...own, ...scalars]) };
  }

  #stepBy(gradients: SparseGradients): StepReport {
    const norm = globalNorm(gradients);
    if (!Number.isFinite(norm)) return this.#skip(gradients, norm);
    const learningRateScale = this.#learningRateScale.value;
    const context = { learningRateScale, incoming: { gradients, norm } };
    runApply(this.#transform, gradients, this.#state, context);
    this.#iterations.value++;
    this.#skips.value = 0;
    return { gradientNorm: norm, skipped: false };
  }

  #skip(gradients: SparseGradients, norm: number): StepReport {
    const { nonFinite, maxSkips } = this.#options;
    if (nonFinite === 'throw' || this.#skips.value >= maxSkips) {
      throw notFinite('Optimizer.step', gradients);
    }
    this.#skips.value++;
    return { gradientNorm: norm, skipped: true };
  }

  #setTrainable(where: ParameterFilter, trainable: boolean): number {
    const chosen = this.parameters.filter(where);
    for (const parameter of chosen) parameter.trainable = trainable;
    return chosen.length;
  }

  #assertAlive(method: string): void {
    if (!this.#disposed) return;
    throw new DisposedError(`Optimizer.${method}: the optimizer was disposed. Make a new one.`);
  }
}
