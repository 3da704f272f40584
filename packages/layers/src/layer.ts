// SPDX-License-Identifier: Apache-2.0
import { type DType, stopRecording, type Tensor, tidy, zeros } from '@tapeloop/core';
import { type CallContext, dryRun, enterCall, resolveTraining } from './call-context.ts';
import { type InputShape, Module } from './module.ts';

/**
 * A module that maps a tensor to an output, a tensor too unless the class says otherwise. Subclasses
 * implement `forward`, and `createParameters` when they have parameters of their own; concrete
 * classes are final, and are combined by wrapping.
 *
 * @example
 * class Model extends Layer {
 *   readonly embedding = new Embedding(65, 32);
 *   readonly logits = new Dense(65);
 *
 *   protected override forward(ids: Tensor): Tensor {
 *     return this.logits.call(this.embedding.call(ids));
 *   }
 * }
 */
export abstract class Layer<
  Output = Tensor,
  Context extends CallContext = CallContext,
> extends Module {
  /**
   * Runs the layer: makes its parameters at the first call, resolves the training flag (explicit,
   * else the enclosing call's, else `false`) and frees what `forward` made and did not return.
   *
   * @throws TypeError when `context.training` is neither a boolean nor 0 or 1.
   */
  call(inputs: Tensor, context?: Context): Output {
    const training = resolveTraining(`${this.className}.call`, context?.training) ?? false;
    return enterCall(this, training, () => {
      this.buildOnce(inputs.shape);
      return tidy(() => this.forward(inputs, training, context));
    });
  }

  /**
   * The mask for the layers that take this one's output: the one that came in, unless a class makes
   * or ends one. `Sequential` threads it through; by hand, pass it as `context.mask`.
   *
   * @param _inputs what the layer is called with.
   * @param mask the mask that it is called with.
   */
  computeMask(_inputs: Tensor, mask?: Tensor): Tensor | undefined {
    return mask;
  }

  /**
   * Makes the parameters ahead of the first call. A layer with parameters of its own makes them from
   * the shape; one made of other layers is called once with zeros of that shape, in which `null`
   * stands for 1.
   *
   * @param dtype of the inputs: `'int32'` for a model that begins with an embedding.
   */
  override build(inputShape: InputShape, dtype: DType = 'float32'): void {
    if (this.createParameters !== undefined || this.children().size === 0) {
      super.build(inputShape);
      return;
    }
    const shape = inputShape.map((size) => size ?? 1);
    tidy(() => {
      dryRun(() => stopRecording(() => this.call(zeros(shape, dtype))));
    });
  }

  /**
   * Computes the output. What it makes and does not return is freed.
   *
   * @param training the resolved flag; layers called inside have it too.
   * @param context what the caller gave.
   */
  protected abstract forward(
    inputs: Tensor,
    training: boolean,
    context: Context | undefined,
  ): Output;
}
