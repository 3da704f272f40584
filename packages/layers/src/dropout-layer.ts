// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  DTypeError,
  type RandomStream,
  type Seed,
  type Tensor,
  ValueError,
} from '@tapeloop/core';
import { callPath } from './call-context.ts';
import { checkOptions } from './check.ts';
import { Layer } from './layer.ts';
import type { Config, InputShape, ModuleOptions } from './module.ts';
import { RandomSource } from './random-source.ts';
import { type CheckedRate, checkRate, type Rate, savedRate, trainingRate } from './rate.ts';

/** Options of every layer that drops. */
export interface DropoutLayerOptions extends ModuleOptions {
  /**
   * An integer, or a pair of TensorFlow's seeds, whose masks are then TensorFlow's. Default: a stream
   * forked from the default by the layer's path.
   */
  readonly seed?: Seed | null;
  /** Kept for configs. It changes nothing: a layer without parameters has none to freeze. */
  readonly trainable?: boolean;
  /** Kept for configs: everything is float32. */
  readonly dtype?: 'float32' | null;
}

/** The names of `DropoutLayerOptions`. */
const optionNames = ['name', 'seed', 'trainable', 'dtype'];

/**
 * What dropout layers share: the rate, the random stream, and that they return the input itself, and
 * draw nothing, in inference and at a rate of 0. Subclasses implement `drop`.
 */
export abstract class DropoutLayer extends Layer {
  /** A mask goes through unchanged. */
  readonly supportsMasking = true;
  readonly trainable: boolean;
  readonly dtype: 'float32' | undefined;
  readonly #rate: CheckedRate;
  readonly #source: RandomSource;

  /** @param moreNames the names of the subclass's own options. */
  constructor(rate: Rate, options: DropoutLayerOptions, moreNames: readonly string[] = []) {
    super(options);
    const op = this.className;
    checkOptions(op, options, [...optionNames, ...moreNames]);
    this.#rate = checkRate(op, rate);
    this.trainable = options.trainable ?? true;
    this.dtype = checkDType(op, options.dtype);
    this.#source = new RandomSource(op, options.seed ?? undefined, 'layer');
  }

  /** The share that is dropped; what the function gives now, where it is one. */
  get rate(): number {
    return this.#rate.read();
  }

  /** The seed as it was given, not the place in the stream. */
  get seed(): Seed | undefined {
    return this.#source.seed;
  }

  /** The shape of the outputs: that of the inputs. */
  computeOutputShape(inputShape: InputShape): InputShape {
    return inputShape;
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map([['mask', this.#source]]);
  }

  /** @throws ValueError when the rate is a function. */
  override getConfig(): Config {
    const { trainable, dtype } = this;
    return {
      ...super.getConfig(),
      ...(trainable ? {} : { trainable }),
      ...(dtype === undefined ? {} : { dtype }),
      rate: savedRate(this.className, this.#rate),
      seed: this.seed ?? null,
    };
  }

  protected override forward(inputs: Tensor, training: boolean): Tensor {
    if (!training) return inputs;
    const op = this.className;
    const rate = trainingRate(op, this.#rate);
    if (rate === 0) return inputs;
    if (inputs.dtype !== 'float32') {
      const expected = 'of dtype float32 in training';
      throw new DTypeError(
        argumentMessage({ op, argument: 'inputs', expected, received: inputs.dtype }),
      );
    }
    return this.drop(inputs, rate, this.#source.stream(callPath()));
  }

  /** What training gives for a rate in (0, 1); everything random comes from one draw of the stream. */
  protected abstract drop(inputs: Tensor, rate: number, stream: RandomStream): Tensor;
}

function checkDType(op: string, dtype: unknown): 'float32' | undefined {
  if (dtype === 'float32') return dtype;
  if (dtype === undefined || dtype === null) return undefined;
  const expected = "'float32'";
  throw new ValueError(argumentMessage({ op, argument: 'dtype', expected, received: dtype }));
}
