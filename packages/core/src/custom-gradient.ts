// SPDX-License-Identifier: Apache-2.0
import { GradientError } from './errors.ts';
import { isRecording, record, stopRecording } from './recording.ts';
import { tidy } from './scope.ts';
import type { Tensor } from './tensor.ts';

/** What the function given to `customGradient` returns. */
export interface ValueWithGradient {
  readonly value: Tensor;
  /**
   * d(loss)/d(input) for each input, from `dy`, d(loss)/d(value). `null` where none flows. Written
   * with ops, it can be differentiated again.
   *
   * @param saved what was passed to `save`, in order.
   */
  gradient(dy: Tensor, saved: readonly Tensor[]): readonly (Tensor | null)[];
}

/**
 * A function with a gradient of its own: ops inside are not recorded, and backward calls the
 * gradient it returns.
 *
 * @param fn gets the inputs and `save`, to which it hands the tensors that its gradient needs.
 *
 * @example
 * const clipGradient = customGradient(([x], save) => ({
 *   value: x,
 *   gradient: (dy) => [clip(dy, -1, 1)],
 * }));
 */
export function customGradient<Inputs extends readonly Tensor[]>(
  fn: (inputs: Inputs, save: (...tensors: Tensor[]) => void) => ValueWithGradient,
  name: string = fn.name || 'customGradient',
): (...inputs: Inputs) => Tensor {
  return (...inputs) => {
    const saved: Tensor[] = [];
    let gradient: ValueWithGradient['gradient'] = () => [];
    return tidy(() => {
      const value = stopRecording(() => {
        const result = fn(inputs, (...tensors) => saved.push(...tensors));
        gradient = result.gradient;
        // A value that is an input, or saved as one, must have an identity of its own on the tape.
        return result.value.shareAs(result.value.shape, name);
      });
      if (isRecording()) recordCustom(name, inputs, value, saved, (dy, kept) => gradient(dy, kept));
      return value;
    });
  };
}

/**
 * Makes any function of tensors, such as one on tfjs's ops, an op that tapes record.
 *
 * @param name for errors and memory reports.
 * @param forward computes the value.
 * @param vjp d(loss)/d(input) for each input, from d(loss)/d(value), the inputs and the value.
 */
export function lift<Inputs extends readonly Tensor[]>(
  name: string,
  forward: (...inputs: Inputs) => Tensor,
  vjp: (dy: Tensor, inputs: Inputs, value: Tensor) => readonly (Tensor | null)[],
): (...inputs: Inputs) => Tensor {
  return customGradient<Inputs>((inputs, save) => {
    const value = forward(...inputs);
    save(...inputs, value);
    return {
      value,
      // Saved in this order, so these are the inputs again, alive until backward.
      gradient: (dy, saved) =>
        vjp(dy, saved.slice(0, -1) as readonly Tensor[] as Inputs, saved.at(-1) ?? value),
    };
  }, name);
}

function recordCustom(
  name: string,
  inputs: readonly Tensor[],
  value: Tensor,
  saved: readonly Tensor[],
  gradient: ValueWithGradient['gradient'],
): void {
  const count = inputs.length;
  record({
    name,
    inputs,
    outputs: [value],
    saved: () => saved,
    broadcasts: false,
    onceDifferentiable: false,
    rule: ({ dys, saved: kept }) => {
      const [dy] = dys;
      if (dy === undefined || dy === null) return [];
      const gradients = gradient(dy, kept);
      if (gradients.length !== count) {
        throw new GradientError(
          `gradient: ${name} must give one gradient for each of its ${count} inputs, got ` +
            `${gradients.length}. Return null where none flows.`,
        );
      }
      return gradients.map((each) => (each === null ? null : () => each));
    },
  });
}
