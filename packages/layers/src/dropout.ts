// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, dropout, type Tensor, ValueError } from '@tapeloop/core';
import { callPath } from './call-context.ts';
import { Layer } from './layer.ts';
import type { Config, ModuleOptions } from './module.ts';
import { RandomSource } from './random-source.ts';
import { registerModule } from './registry.ts';

/** Options of `Dropout`. */
export interface DropoutOptions extends ModuleOptions {
  /**
   * The shape of the mask: 1 where a decision is shared along an axis, `null` for the input's size.
   * A shorter one is aligned at the right, where it shares decisions over the batch. Default: a
   * decision for each element.
   */
  readonly noiseShape?: readonly (number | null)[] | null;
  /** Default: a stream forked from the default by the layer's path. */
  readonly seed?: number | null;
}

/**
 * In training, drops each element with probability `rate` and scales the others by `1 / (1 − rate)`,
 * with a new mask at each call; `y = x`, the input itself, in inference or when `rate` is 0.
 *
 * Shapes: any, inputs and outputs alike. It has no parameters.
 *
 * @throws TypeError when `rate` is not a number or `seed` no safe integer, ValueError when `rate` is
 *   outside [0, 1] or an entry of `noiseShape` is neither `null` nor a whole number of at least 1; in
 *   training, ValueError when `rate` is 1, and ShapeError when `noiseShape` does not broadcast to
 *   exactly the inputs' shape.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting";
 *   Keras's `Dropout`.
 */
export class Dropout extends Layer {
  readonly rate: number;
  readonly noiseShape: readonly (number | null)[] | undefined;
  readonly #source: RandomSource;

  constructor(rate: number, options: DropoutOptions = {}) {
    super(options);
    checkRate(rate);
    checkNoiseShape(options.noiseShape);
    this.rate = rate;
    this.noiseShape = options.noiseShape ?? undefined;
    this.#source = new RandomSource('Dropout', options.seed ?? undefined);
  }

  override get className(): string {
    return 'Dropout';
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map([['mask', this.#source]]);
  }

  override getConfig(): Config {
    const { rate, noiseShape = null } = this;
    return { ...super.getConfig(), rate, noiseShape, seed: this.#source.seed ?? null };
  }

  protected override forward(inputs: Tensor, training: boolean): Tensor {
    if (!training || this.rate === 0) return inputs;
    const stream = this.#source.stream(callPath());
    const noiseShape = this.noiseShape === undefined ? {} : { noiseShape: this.noiseShape };
    return dropout(inputs, this.rate, { stream, ...noiseShape });
  }
}

interface DropoutConfig extends DropoutOptions {
  readonly rate: number;
}

registerModule('Dropout', ({ rate, ...options }: DropoutConfig) => new Dropout(rate, options));

function checkRate(rate: unknown): void {
  const expected = 'a number in [0, 1]';
  const problem = { op: 'Dropout', argument: 'rate', expected, received: rate };
  if (typeof rate !== 'number') throw new TypeError(argumentMessage(problem));
  const hint = 'It is the share that is dropped.';
  if (!(rate >= 0 && rate <= 1)) throw new ValueError(argumentMessage({ ...problem, hint }));
}

function checkNoiseShape(noiseShape: DropoutOptions['noiseShape']): void {
  const isValid = noiseShape?.every(
    (size) => size === null || (Number.isSafeInteger(size) && size >= 1),
  );
  if (isValid ?? true) return;
  throw new ValueError(
    argumentMessage({
      op: 'Dropout',
      argument: 'noiseShape',
      expected: 'a list of whole numbers of at least 1, or null for the size of the inputs',
      received: noiseShape,
    }),
  );
}
