// SPDX-License-Identifier: Apache-2.0
// What the adapters of whole-sequence kernels share.

import { argumentMessage, ShapeError, ValueError } from '../errors.ts';
import type { Scratch } from './gemm.ts';
import { type SequenceArguments, sequenceFields } from './sequence-arguments.ts';

/** The memory that pointers point into. Growth may replace its buffer between calls. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** The sizes of a sequence and the direction in which its steps run. */
export interface SequenceShape {
  /** T, at least 1. */
  readonly steps: number;
  /** B, at least 1. */
  readonly batch: number;
  /** U, at least 1. */
  readonly units: number;
  /** Runs from the last step to the first; nothing changes places. Default false. */
  readonly goBackwards?: boolean;
}

/** Factors that multiply a state after each step, such as a dropout mask with its scale in it. */
export interface StateMask {
  /** Address of float32 factors: [U], with the following dimensions before it. */
  readonly pointer: number;
  /** `[T, …]`: every step has its own. Default false: one for all steps. */
  readonly perStep?: boolean;
  /** `[…, B, U]`: every row has its own. Default false: the batch shares one. */
  readonly perExample?: boolean;
}

/** Which steps of which rows count. */
export interface ValidSteps {
  /** Address of bytes [T, B]; 0 skips a step: the state stays as it was. */
  readonly pointer: number;
  /** A skipped step repeats the output before it (Keras) instead of giving zeros (default). */
  readonly repeatOutputs?: boolean;
}

/** What every recurrent sequence has. Pointers are byte addresses of float32 elements. */
export interface RecurrentSequence extends SequenceShape {
  /** [T, B, gates · U]: `x · kernel + bias` for all steps; overwritten. */
  readonly projections: number;
  /** [U, gates · U]. */
  readonly recurrentKernel: number;
  /** [B, U]; default zeros. */
  readonly initialState?: number | undefined;
  /** Result [T + 1, B, U]: the states before and after every step; see `sequenceLayout`. */
  readonly states: number;
  /**
   * Result [T, B, U]: the outputs, before masks. Default: the states themselves, where there are
   * neither masks nor skipped steps.
   */
  readonly outputs?: number | undefined;
  readonly stateMask?: StateMask | undefined;
  readonly valid?: ValidSteps | undefined;
}

/** What every backward pass over a sequence has. */
export interface RecurrentGradients {
  /** d(loss)/d(outputs) [T, B, U]; default zeros. */
  readonly outputs?: number | undefined;
  /**
   * [B, U]. In: the gradient of the final state (zeros for none). Out: the gradient of the initial
   * state, unspecified without one.
   */
  readonly state: number;
  /** Result [T, B, gates · U]: the gradient of the projections. May be `projections`. */
  readonly projections: number;
}

/** Where the parts of `states` (and `cells`) [T + 1, B, U] begin, in elements. */
export interface SequenceLayout {
  /** Elements of all states. */
  readonly size: number;
  /**
   * The T states that the steps start from, one [T · B, U] matrix in the order of time: its
   * transpose times the gradient of the recurrent products is the recurrent kernel's gradient.
   */
  readonly before: number;
  /** The T states that the steps end with, in the order of time: the outputs where they are shared. */
  readonly after: number;
  /** The state after the last step that ran. */
  readonly final: number;
}

/** Where the parts of the states lie. */
export function sequenceLayout(shape: SequenceShape): SequenceLayout {
  const { steps, batch, units, goBackwards = false } = shape;
  const state = batch * units;
  return {
    size: (steps + 1) * state,
    before: goBackwards ? state : 0,
    after: goBackwards ? 0 : state,
    final: goBackwards ? 0 : steps * state,
  };
}

/** The arguments that all cells have in common; the others are 0. */
export function sequenceArguments(
  op: string,
  sequence: RecurrentSequence,
  gradients?: RecurrentGradients,
): SequenceArguments {
  checkShape(op, sequence);
  const { steps, batch, units, stateMask, valid } = sequence;
  const none = Object.fromEntries(sequenceFields.map((name) => [name, 0])) as SequenceArguments;
  return {
    ...none,
    steps,
    batch,
    units,
    reverse: sequence.goBackwards ? 1 : 0,
    projections: sequence.projections,
    recurrentKernel: sequence.recurrentKernel,
    initialState: sequence.initialState ?? 0,
    states: sequence.states,
    outputs: outputsOf(op, sequence),
    stateMask: stateMask?.pointer ?? 0,
    stateMaskStep: maskStep(sequence, stateMask),
    stateMaskRow: stateMask?.perExample ? units : 0,
    valid: valid?.pointer ?? 0,
    repeatOutputs: valid?.repeatOutputs ? 1 : 0,
    outputsGrad: gradients?.outputs ?? 0,
    stateGrad: gradients?.state ?? 0,
    projectionsGrad: gradients?.projections ?? 0,
  };
}

/** Elements from one step's mask to the next's. */
export function maskStep({ batch, units }: SequenceShape, mask: StateMask | undefined): number {
  if (!mask?.perStep) return 0;
  return mask.perExample ? batch * units : units;
}

/**
 * Writes the arguments into scratch memory, with the workspace behind them, and calls the kernel.
 *
 * @param workspaceBytes the kernel's `…SequenceWorkspace`
 */
export function callSequence(
  kernel: (sequence: number) => void,
  workspaceBytes: (batch: number, units: number) => number,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: SequenceArguments,
): void {
  const argumentBytes = 16 * Math.ceil((4 * sequenceFields.length) / 16);
  const pointer = scratch(argumentBytes + workspaceBytes(sequence.batch, sequence.units));
  const values = { ...sequence, workspace: pointer + argumentBytes };
  const view = new DataView(memory.buffer, pointer, argumentBytes);
  for (const [i, name] of sequenceFields.entries()) view.setUint32(4 * i, values[name], true);
  kernel(pointer);
}

function outputsOf(op: string, sequence: RecurrentSequence): number {
  const { outputs, states, stateMask, valid } = sequence;
  if (outputs !== undefined) return outputs;
  if (stateMask === undefined && valid === undefined) {
    return states + 4 * sequenceLayout(sequence).after;
  }
  throw new ValueError(
    argumentMessage({
      op,
      argument: 'outputs',
      expected: 'an address with a state mask or skipped steps',
      received: outputs,
      hint: 'The states then differ from the outputs.',
    }),
  );
}

function checkShape(op: string, shape: SequenceShape): void {
  for (const name of ['steps', 'batch', 'units'] as const) {
    const value = shape[name];
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ShapeError(
      argumentMessage({ op, argument: name, expected: 'a whole number above 0', received: value }),
    );
  }
}
