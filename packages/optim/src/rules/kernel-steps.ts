// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import { kernels, momentumStep, type UpdateBuffers } from '@tapeloop/core/kernels';
import { type FusedPart, parameterBuffers, pointerOf, updateBuffers } from '../fused.ts';
import type { ParameterFilter } from '../options.ts';
import { type Slots, slotOf, type UpdatePart } from '../slots.ts';

/** What an update kernel reads and writes, as addresses: `out = parameter + update`. */
export interface KernelOperands extends Required<UpdateBuffers> {
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
  const slotFor = (parameter: Parameter) => (slots: Slots) => slotOf(op, slots, parameter).pointer;
  return {
    fill: (part: UpdatePart, state: State, numbers: Numbers): void => {
      const slot = slotFor(part.parameter);
      run({ ...updateBuffers(op, part), gradientScale: 1, slot }, state, numbers);
    },
    addTo: (part: FusedPart, state: State, numbers: Numbers): void => {
      const { parameter, gradientScale } = part;
      const slot = slotFor(parameter);
      run({ ...parameterBuffers(op, part), gradientScale, slot }, state, numbers);
    },
  };
}

/** The numbers of a step with decoupled weight decay: `− alpha · lambda · parameter`. */
interface DecayNumbers {
  readonly alpha: number;
  readonly lambda: number;
}

/**
 * `kernelSteps` of a kernel that lets the parameter decay too. `lambda` is 0 for those that the mask
 * leaves out, and where the kernel writes the update alone: it is not given the parameter then.
 */
export function decayedKernelSteps<State, Numbers extends DecayNumbers>(
  op: string,
  mask: ParameterFilter,
  run: (operands: KernelOperands, state: State, numbers: Numbers) => void,
) {
  const steps = kernelSteps(op, run);
  return {
    fill: (part: UpdatePart, state: State, numbers: Numbers): void => {
      steps.fill(part, state, { ...numbers, lambda: 0 });
      if (mask(part.parameter)) decayUpdate(op, part, numbers.alpha * numbers.lambda);
    },
    addTo: (part: FusedPart, state: State, numbers: Numbers): void => {
      steps.addTo(part, state, mask(part.parameter) ? numbers : { ...numbers, lambda: 0 });
    },
  };
}

/** `update ← update − decay · parameter`. */
function decayUpdate(op: string, { parameter, update }: UpdatePart, decay: number): void {
  if (decay === 0) return;
  const [to, value] = [pointerOf(op, update), pointerOf(op, parameter.value)];
  const buffers = { parameter: to, gradient: value, size: update.size };
  momentumStep(kernels(), buffers, { learningRate: decay });
}
