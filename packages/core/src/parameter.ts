// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, DTypeError, ShapeError } from './errors.ts';
import { keep } from './scope.ts';
import { type Shape, sameShape, showShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** Options of a `Parameter`. */
export interface ParameterOptions {
  /** False leaves it out of gradients and updates. Default true. */
  readonly trainable?: boolean;
  /**
   * Says that it is a table of which each step uses few rows: `Optimizer.minimize` then asks for its
   * gradient as `IndexedSlices`, of those rows only. Default false.
   */
  readonly sparseGradient?: boolean;
}

/**
 * A named tensor that training changes, in place. Every recording tape follows it while it is
 * trainable.
 *
 * It copies the initial value; its own outlives every scope and is freed at `dispose()`.
 */
export class Parameter {
  /** Path that tells it apart in a model, such as `rnn/cell0/kernel`. */
  readonly name: string;
  /** Whether its gradient is asked for as `IndexedSlices`. */
  readonly sparseGradient: boolean;
  readonly #own: Tensor;
  #shown: Tensor | undefined;

  /** @throws DTypeError when `initial` is not float32. */
  constructor(
    name: string,
    initial: Tensor,
    { trainable = true, sparseGradient = false }: ParameterOptions = {},
  ) {
    if (initial.dtype !== 'float32') {
      const expected = 'float32';
      throw new DTypeError(
        argumentMessage({
          op: `parameter ${name}`,
          argument: 'initial',
          expected,
          received: initial.dtype,
        }),
      );
    }
    this.name = name;
    this.sparseGradient = sparseGradient;
    this.#own = keep(initial.copy('parameter'));
    this.#own.isTrainable = trainable;
  }

  /**
   * The current value. The handle, and so its identity on a tape, stays the same for life; only
   * inside `withValue` it is another.
   */
  get value(): Tensor {
    return this.#shown ?? this.#own;
  }

  /** Of its value; it never changes. */
  get shape(): Shape {
    return this.#own.shape;
  }

  /** Number of elements. */
  get size(): number {
    return this.#own.size;
  }

  /** Whether tapes follow it and optimizers change it. */
  get trainable(): boolean {
    return this.#own.isTrainable;
  }

  /** Takes it out of gradients and updates, or back in. */
  set trainable(trainable: boolean) {
    this.#own.isTrainable = trainable;
  }

  /**
   * Overwrites the value in place.
   *
   * @throws ShapeError or DTypeError when `value` is not a float32 tensor of the same shape; the
   *   parameter is unchanged then.
   */
  assign(value: Tensor): void {
    const op = `assign to parameter ${this.name}`;
    if (value.dtype !== 'float32') {
      const expected = 'float32';
      throw new DTypeError(
        argumentMessage({ op, argument: 'value', expected, received: value.dtype }),
      );
    }
    if (!sameShape(value.shape, this.shape)) {
      const expected = `of shape ${showShape(this.shape)}`;
      const received = showShape(value.shape);
      throw new ShapeError(argumentMessage({ op, argument: 'value', expected, received }));
    }
    this.update((elements) => elements.set(value.view()));
  }

  /** Lets `write` change the elements in place; tapes that saved the old value will say so. */
  update(write: (elements: Float32Array) => void): void {
    const elements = this.#own.view();
    if (elements instanceof Float32Array) write(elements);
    this.#own.storage.version++;
  }

  /**
   * Runs `fn` while `value` is another tensor, as a rule one computed from it: weights that are
   * dropped or normalised. The parameter itself stays what it is, for optimizers too.
   *
   * @throws ShapeError when the tensor has another shape.
   */
  withValue<T>(value: Tensor, fn: () => T): T {
    if (!sameShape(value.shape, this.shape)) {
      const op = `withValue of parameter ${this.name}`;
      const expected = `of shape ${showShape(this.shape)}`;
      const received = showShape(value.shape);
      throw new ShapeError(argumentMessage({ op, argument: 'value', expected, received }));
    }
    const before = this.#shown;
    this.#shown = value;
    try {
      return fn();
    } finally {
      this.#shown = before;
    }
  }

  /** Frees the value. Disposing twice is allowed. */
  dispose(): void {
    this.#own.dispose();
  }

  /** What `Object.prototype.toString` calls it. */
  get [Symbol.toStringTag](): string {
    return 'Parameter';
  }
}
