// SPDX-License-Identifier: Apache-2.0
import { kernels, momentumStep } from '@tapeloop/core/kernels';
import { type FusedPart, parameterBuffers, pointerOf, updateBuffers } from '../fused.ts';
import { type Slots, slotOf, type UpdatePart } from '../slots.ts';

/** What an update kernel reads and writes, as addresses: `out = parameter + update`. */
export interface KernelOperands {
  /** 0 where `out` is to be the update alone. */
  readonly parameter: number;
  readonly gradient: number;
  readonly out: number;
  readonly size: number;
  /** What the kernel multiplies the gradient by first. */
  readonly gradientScale: number;
  /** The address of what is kept of the parameter. */
  slot(slots: Slots): number;
}

/** `fill` and `addTo` of a rule whose kernel does both. `run` calls it and allocates nothing. */
export function kernelSteps<State, Numbers>(
  op: string,
  run: (operands: KernelOperands, state: State, numbers: Numbers) => void,
) {
  return {
    fill: (part: UpdatePart, state: State, numbers: Numbers): void => {
      const slot = (slots: Slots) => slotOf(op, slots, part.parameter).pointer;
      const { parameter, gradient, out = parameter, size } = updateBuffers(op, part);
      run({ parameter, gradient, out, size, gradientScale: 1, slot }, state, numbers);
    },
    addTo: (part: FusedPart, state: State, numbers: Numbers): void => {
      const slot = (slots: Slots) => slotOf(op, slots, part.parameter).pointer;
      const { parameter, gradient, size } = parameterBuffers(op, part);
      const { gradientScale } = part;
      run({ parameter, gradient, out: parameter, size, gradientScale, slot }, state, numbers);
    },
  };
}

/** `update ← update − decay · parameter`. */
export function decayUpdate(op: string, { parameter, update }: UpdatePart, decay: number): void {
  if (decay === 0) return;
  const [to, value] = [pointerOf(op, update), pointerOf(op, parameter.value)];
  const buffers = { parameter: to, gradient: value, size: update.size };
  momentumStep(kernels(), buffers, { learningRate: decay });
}
