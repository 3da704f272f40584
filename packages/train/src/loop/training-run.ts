// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  type Gradient,
  GradientError,
  mul,
  type SparseGradients,
  type Tree,
  tidy,
  type ValueAndGrad,
  valueAndGrad,
} from '@tapeloop/core';
import type { Module } from '@tapeloop/layers';
import type { Optimizer } from '@tapeloop/optim';
import type { Batch, BatchSource } from '../data/batch.ts';
import type { Communicator } from '../parallel/communicator.ts';
import { Replicas } from '../parallel/replicas.ts';
import { SingleProcess } from '../parallel/single-process.ts';
import { CarriedState } from './carried.ts';
import { evaluate, type MeanLoss } from './evaluate.ts';
import type { BatchLoss, LossFunction } from './loss-function.ts';
import { explainNonFinite } from './non-finite.ts';
import { prefixed, type RunCounters, type RunState, withPrefix } from './run-state.ts';

/** What is trained, on what, and how. */
export interface TrainingRunOptions<B extends Batch, Carried extends Tree> {
  /** Holds every parameter and random stream that the loss uses; built. */
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly data: BatchSource<B>;
  readonly loss: LossFunction<B, Carried>;
  /**
   * Where batches hand something on: makes a value of its structure, whose numbers do not matter. For
   * `restore`.
   */
  readonly emptyCarried?: () => Carried;
  /**
   * The other processes that train replicas of this model, each on data of its own. Gradients are
   * averaged over the tokens of all. Default: this process alone.
   */
  readonly communicator?: Communicator;
}

/** What one step tells. */
export interface StepResult {
  /** Mean loss before the update, over the tokens of all ranks; of a language model, in nats a token. */
  readonly loss: number;
  /** Length of the gradient over all parameters, before clipping. */
  readonly gradientNorm: number;
  /** True when the gradient was not finite and the optimizer left the parameters as they were. */
  readonly skipped: boolean;
  /** Tokens, or whatever else the loss is a mean over, in the batches of all ranks. */
  readonly tokens: number;
}

type Differentiated<Carried extends Tree> = ValueAndGrad<BatchLoss<Carried>, Gradient>;

/**
 * A model, its optimizer and its data on their way. Each step takes the next batch, differentiates its
 * loss, lets the optimizer change the parameters, and hands on what the batch carries over: for a
 * recurrent model on contiguous windows, truncated backpropagation through time.
 *
 * It owns the model and the optimizer: `dispose` frees them.
 */
export class TrainingRun<B extends Batch = Batch, Carried extends Tree = undefined> {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly data: BatchSource<B>;
  readonly communicator: Communicator;
  readonly #replicas: Replicas | undefined;
  readonly #loss: LossFunction<B, Carried>;
  readonly #emptyCarried: (() => Carried) | undefined;
  readonly #carried = new CarriedState<Carried>();
  #counters: RunCounters = { step: 0, bestLoss: null, sinceBest: 0 };

  constructor(options: TrainingRunOptions<B, Carried>) {
    this.model = options.model;
    this.optimizer = options.optimizer;
    this.data = options.data;
    this.communicator = options.communicator ?? new SingleProcess();
    this.#replicas =
      this.communicator.size === 1
        ? undefined
        : new Replicas(this.communicator, this.optimizer.parameters);
    this.#loss = options.loss;
    this.#emptyCarried = options.emptyCarried;
  }

  /** Steps made so far, and how the validations went. */
  get counters(): RunCounters {
    return this.#counters;
  }

  /**
   * One training step. When it throws, the parameters and what is carried over are as before.
   *
   * @throws NonFiniteError naming the op and the layer that made a NaN or an infinity, as far as the
   *   optimizer does not skip such steps; and as `Optimizer.step`.
   */
  async trainStep(): Promise<StepResult> {
    const batch = this.data.at(this.#counters.step);
    const random = this.model.randomState();
    const { value, gradients } = this.#differentiate(batch, this.#replicas?.send);
    try {
      const mean = await this.#average(value.loss.item(), batch.tokens, gradients);
      const { gradientNorm, skipped } = this.optimizer.step(gradients);
      // What a step that was skipped would hand on may not be finite, either.
      if (skipped) dispose(value.carried);
      else this.#carried.replace(value.carried);
      this.#counters = { ...this.#counters, step: this.#counters.step + 1 };
      return { ...mean, gradientNorm, skipped };
    } catch (error) {
      dispose(value.carried);
      const rewind = () => {
        // Streams that this step was the first to use have no place to go back to but their start.
        this.model.resetRandom();
        this.model.loadRandomState(random);
      };
      rewind();
      if (!(error instanceof GradientError)) throw error;
      const again = () => this.#differentiate(batch);
      const explained = explainNonFinite(this.#counters.step + 1, error, again);
      rewind();
      throw explained;
    } finally {
      dispose([value.loss, gradients]);
    }
  }

  /** The mean loss over one pass of data, over the shares of all ranks, with `training` false. */
  async evaluate(data: BatchSource<B>): Promise<number> {
    const { loss, tokens } = evaluate(data, this.#loss);
    if (this.#replicas === undefined) return loss;
    return (await this.#replicas.mean({ total: loss * tokens, tokens })).loss;
  }

  /** Takes note of a validation loss. True when none before was as low. */
  observe(validationLoss: number): boolean {
    const { bestLoss, sinceBest } = this.#counters;
    const isBest = bestLoss === null ? !Number.isNaN(validationLoss) : validationLoss < bestLoss;
    this.#counters = isBest
      ? { ...this.#counters, bestLoss: validationLoss, sinceBest: 0 }
      : { ...this.#counters, sinceBest: sinceBest + 1 };
    return isBest;
  }

  /** A copy of everything that `restore` needs, of this rank alone: see `gatherState`. */
  state(): RunState {
    return tidy(() => {
      const saved = this.optimizer.state();
      return {
        tensors: new Map([
          ...prefixed('model/', this.model.stateDict()),
          ...prefixed('optimizer/', saved.tensors),
          ...prefixed('carried/', this.#carried.copies()),
        ]),
        counters: this.#counters,
        optimizer: saved.scalars,
        random: [this.model.randomState()],
      };
    });
  }

  /**
   * Goes on from a state of a run with the same options; with several ranks, each from `shareOf` it.
   *
   * @throws ValueError or ShapeError when the state is not of such a run. What was restored before the
   *   part that does not fit stays: begin anew then.
   */
  restore({ tensors, counters, optimizer, random }: RunState): void {
    this.model.loadStateDict(withPrefix(tensors, 'model/'));
    this.optimizer.restore({ tensors: withPrefix(tensors, 'optimizer/'), scalars: optimizer });
    for (const streams of random) this.model.loadRandomState(streams);
    this.#carried.restore(withPrefix(tensors, 'carried/'), this.#emptyCarried);
    this.#counters = counters;
  }

  /** Frees the model, the optimizer's state, and what is carried over. */
  dispose(): void {
    this.#carried.replace(undefined);
    this.optimizer.dispose();
    this.model.dispose();
  }

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * The loss of a batch and its gradients, which the caller frees; with other ranks, of its sum over
   * the tokens.
   */
  #differentiate(batch: B, onGradient?: Replicas['send']): Differentiated<Carried> {
    const carried = batch.isFirst === false ? this.#carried.value : undefined;
    const lossOf = () => {
      const { loss, ...rest } = this.#loss(batch, { carried, training: true });
      return { ...rest, loss: this.#replicas === undefined ? loss : mul(loss, batch.tokens) };
    };
    const { parameters } = this.optimizer;
    return tidy(() => {
      if (onGradient === undefined) return valueAndGrad(lossOf, parameters, { sparse: true });
      return valueAndGrad(lossOf, parameters, { onGradient });
    });
  }

  /** The mean loss over all ranks; makes the gradients of the sums those of the mean. */
  async #average(loss: number, tokens: number, gradients: SparseGradients): Promise<MeanLoss> {
    if (this.#replicas === undefined) return { loss, tokens };
    return await this.#replicas.average({ total: loss, tokens }, gradients);
  }
}
