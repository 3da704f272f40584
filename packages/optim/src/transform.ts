// SPDX-License-Identifier: Apache-2.0
import type { Gradients, Parameter, SparseGradients, Tensor } from '@tapeloop/core';
import type { Slots } from './slots.ts';

/** What is added to each parameter. A parameter that is not in it stays as it is. */
export type Updates = Map<Parameter, Tensor>;

/** A number in a transform's state; updates change `value`. */
export interface ScalarCell {
  value: number;
}

/** Everything in a transform's state, by names that are the same in every run. */
export interface StateEntries {
  /** `rule/what/parameter`, such as `adam/m/rnn/cell0/kernel`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** `rule/what`, such as `adam/step`. */
  readonly scalars: ReadonlyMap<string, ScalarCell>;
}

/** What the optimizer tells the transforms of a step. */
export interface StepContext {
  /** What every learning rate is multiplied by. */
  readonly learningRateScale: number;
  /** The gradients as they came in and their global norm, so that it is computed once. */
  readonly incoming?: { readonly gradients: SparseGradients; readonly norm: number };
  /** For `apply` only: what it multiplies the gradients by first. Default 1. */
  readonly gradientScale?: number;
}

/** The context of a step outside an optimizer: learning rates as they are. */
export const plainStep: StepContext = { learningRateScale: 1 };

/**
 * A step on the way from gradients to parameter updates: a rule such as Adam, or what comes before
 * and after one, such as clipping. `chain` composes them, `Optimizer` runs them.
 *
 * - Gradients, updates and state are keyed by the parameter itself, never by position: state follows
 *   its parameter whatever the order or the subset of a step. The keys are the parameters, so `update`
 *   is given no list of them.
 * - The result of `update` is what will be ADDED to each parameter, so a descent rule returns
 *   `-learningRate * direction`, and rules that come after another see its updates as gradients.
 * - The state is changed in place: its tensors stay the same objects for its whole life. Moments are
 *   as large as the model; new ones every step would cost as much again.
 * - The gradients are not changed: they are the caller's. The result may hold them as they are.
 * - `State` is a type parameter, so that each rule names what it keeps and no cast is needed.
 *   `entries` is the one generic way into it, for checkpoints and for freeing it.
 *
 * @see The interface of Optax (`init`, `update`), with state in place and keyed by parameter.
 */
export interface GradientTransform<State> {
  /** The state before the first step. Its tensors belong to the caller. */
  init(parameters: readonly Parameter[]): State;
  /**
   * The updates for these gradients, which also move the state on. Runs inside `tidy`, unseen by
   * tapes.
   *
   * Whatever can fail comes before the first change of the state.
   *
   * @param gradients one for each parameter that is trainable now: float32, finite, of its shape.
   */
  update(gradients: Gradients, state: State, context: StepContext): Updates;
  /**
   * `update`, and the updates added to the parameters, in fewer passes over memory. For rules whose
   * kernel does both; without it the optimizer adds what `update` returns. The values are the same but
   * for the rounding of the sum.
   */
  apply?(gradients: Gradients, state: State, context: StepContext): void;
  /**
   * For a transform that multiplies all gradients by one number: that number. A fused rule behind it
   * then scales as it reads. Slices come coalesced.
   */
  factor?(gradients: SparseGradients, state: State, context: StepContext): number;
  /**
   * The same steps on gradients of which some are `IndexedSlices`, for a transform that leaves alone
   * what is zero. Without it slices are made dense first.
   */
  sparse?: SparseSteps<State>;
  /** The tensors and numbers of the state: the very ones that `update` changes. */
  entries(state: State): StateEntries;
  /** Values to evaluate the model with instead of the parameters' own, where the transform keeps some. */
  averages?(state: State): Slots;
}

/**
 * The steps of a transform that works on slices as they are. They come coalesced, and so are those
 * that `update` returns, for the same rows. The result must be what the dense gradients would give,
 * unless the transform says how it differs.
 */
export interface SparseSteps<State> {
  /** As `GradientTransform.update`, of gradients some of which are slices. */
  update(gradients: SparseGradients, state: State, context: StepContext): SparseGradients;
  /** Needed to be as fast as `apply`; without it `apply` gets dense gradients. */
  apply?(gradients: SparseGradients, state: State, context: StepContext): void;
}

/** The entries of a transform that keeps nothing. */
export const noEntries: StateEntries = { tensors: new Map(), scalars: new Map() };
