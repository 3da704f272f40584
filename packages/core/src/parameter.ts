// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, DTypeError, ShapeError } from './errors.ts';
import { keep } from './scope.ts';
import { type Shape, sameShape, showShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** Options of a `Parameter`. */
export interface ParameterOptions {
  /** False leaves it out of gradients and updates. Default true. */
  readonly trainable?: boolean;
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
  /** The current value. The handle, and so its identity on a tape, stays the same for life. */
  readonly value: Tensor;

  /** @throws DTypeError when `initial` is not float32. */
  constructor(name: string, initial: Tensor, { trainable = true }: ParameterOptions = {}) {
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
    this.value = keep(initial.copy('parameter'));
    this.value.isTrainable = trainable;
  }

  get shape(): Shape {
    return this.value.shape;
  }

  /** Number of elements. */
  get size(): number {
    return this.value.size;
  }

  get trainable(): boolean {
    return this.value.isTrainable;
  }

  set trainable(trainable: boolean) {
    this.value.isTrainable = trainable;
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
    const elements = this.value.view();
    if (elements instanceof Float32Array) write(elements);
    this.value.storage.version++;
  }

  dispose(): void {
    this.value.dispose();
  }

  get [Symbol.toStringTag](): string {
    return 'Parameter';
  }
}
