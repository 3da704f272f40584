// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  DTypeError,
  fill,
  type Gradients,
  type Parameter,
  type Shape,
  Tensor,
  ValueError,
  withPath,
} from '@tapeloop/core';
import type { Updates } from './transform.ts';

/** One tensor for each parameter: a moment, an average, a copy. */
export type Slots = ReadonlyMap<Parameter, Tensor>;

/** What slots are made like. */
export interface SlotOptions {
  /** What the elements are at first. Default 0. */
  readonly initial?: number;
  /** The shape for a parameter, or undefined for none. Default: the parameter's own. */
  readonly shape?: (parameter: Parameter) => Shape | undefined;
}

/** A tensor of equal elements for each parameter. `name` is what memory reports print. */
export function makeSlots(
  name: string,
  parameters: readonly Parameter[],
  { initial = 0, shape = (parameter) => parameter.shape }: SlotOptions = {},
): Slots {
  return withPath(name, () => {
    const slots = new Map<Parameter, Tensor>();
    for (const parameter of parameters) {
      const own = shape(parameter);
      if (own !== undefined) slots.set(parameter, fill(own, initial));
    }
    return slots;
  });
}

/** A copy of each parameter's value. */
export function copySlots(name: string, parameters: readonly Parameter[]): Slots {
  return withPath(
    name,
    () => new Map(parameters.map((parameter) => [parameter, parameter.value.copy('slot')])),
  );
}

/** The slots by name: `prefix/parameter`. */
export function slotEntries(prefix: string, slots: Slots): [string, Tensor][] {
  return [...slots].map(([parameter, tensor]) => [`${prefix}/${parameter.name}`, tensor]);
}

/**
 * A parameter's slot.
 *
 * @throws ValueError when the state was made without the parameter.
 */
export function slotOf(op: string, slots: Slots, parameter: Parameter): Tensor {
  const slot = slots.get(parameter);
  if (slot !== undefined) return slot;
  const expected = 'one that init was given';
  throw new ValueError(
    argumentMessage({ op, argument: 'parameter', expected, received: parameter.name }),
  );
}

/** The elements of a parameter's slot, in place; valid until the next allocation. */
export function slotElements(op: string, slots: Slots, parameter: Parameter): Float32Array {
  return elementsOf(op, slotOf(op, slots, parameter));
}

/** A parameter with its gradient and the update that is being made of it. */
export interface UpdatePart {
  readonly parameter: Parameter;
  readonly gradient: Tensor;
  readonly update: Tensor;
}

/** Updates with unspecified elements, for a rule to fill. */
export function emptyUpdates(op: string, gradients: Gradients): UpdatePart[] {
  return [...gradients].map(([parameter, gradient]) => {
    return { parameter, gradient, update: Tensor.empty(gradient.shape, 'float32', op) };
  });
}

/** The updates by parameter. */
export function updatesOf(parts: readonly UpdatePart[]): Updates {
  return new Map(parts.map(({ parameter, update }) => [parameter, update]));
}

/**
 * Updates for these gradients, which `fill` writes parameter by parameter. All are allocated before
 * the first call of `fill`: when the heap is full, nothing has changed yet.
 */
export function fillUpdates(
  op: string,
  gradients: Gradients,
  write: (update: Float32Array, gradient: Float32Array, parameter: Parameter) => void,
): Updates {
  const parts = emptyUpdates(op, gradients);
  for (const { parameter, gradient, update } of parts) {
    write(elementsOf(op, update), elementsOf(op, gradient), parameter);
  }
  return updatesOf(parts);
}

/** The elements of a float32 tensor in place; valid until the next allocation. */
export function elementsOf(op: string, tensor: Tensor): Float32Array {
  const view = tensor.view();
  if (view instanceof Float32Array) return view;
  throw new DTypeError(
    argumentMessage({ op, argument: 'tensor', expected: 'float32', received: tensor.dtype }),
  );
}
