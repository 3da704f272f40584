// SPDX-License-Identifier: Apache-2.0
import type { DType } from './dtype.ts';
import type { IndexedSlices } from './indexed-slices.ts';
import type { Shape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** Identity, shape and dtype of a tensor, kept after the tensor itself is gone. */
export interface TensorSpec {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A gradient that is zero but for some rows, in both forms: the tape calls the one it needs. */
export interface RowGradient {
  dense(): Tensor;
  slices(): IndexedSlices;
}

/** The gradient of one input, computed when it is needed; `null` where none flows. */
export type InputGradient = (() => Tensor) | RowGradient | null;

/** What a gradient rule is given. */
export interface RuleArguments {
  /** d(loss)/d(output) for each output; `null` for an output that nothing used. */
  readonly dys: readonly (Tensor | null)[];
  readonly saved: readonly Tensor[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * True when what was saved is freed after the rule and nobody records: a rule may then write its
   * results over saved tensors whose storage nothing else refers to.
   */
  readonly mayOverwrite: boolean;
}

/** An op that ran, as it is offered to every active recorder. */
export interface Recording {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The tensors that the rule needs; asked for only when someone records the op. */
  readonly saved: () => readonly Tensor[];
  /** The inputs are broadcast against each other; the tape reverses that in their gradients. */
  readonly broadcasts: boolean;
  /** The rule runs no recorded ops, so that there is no second derivative. */
  readonly onceDifferentiable: boolean;
  readonly rule: (node: RuleArguments) => readonly InputGradient[];
}

/** Something that watches ops run: a tape. */
export interface Recorder {
  /** Called for each op that ran. */
  observe(recording: Recording): void;
  /** True when gradients may flow to this tensor. */
  isWatching(tensor: Tensor): boolean;
}

let recorders: readonly Recorder[] = [];

/** True when anybody would see a recording: ops build one only then. */
export function isRecording(): boolean {
  return recorders.length > 0;
}

/** Offers an op that ran to every active recorder. */
export function record(recording: Recording): void {
  for (const recorder of recorders) recorder.observe(recording);
}

/** Tells of a tensor whether anyone who records now, at the time of this call, watches it. */
export function watchedNow(): (tensor: Tensor) => boolean {
  const active = recorders;
  return (tensor) => active.some((recorder) => recorder.isWatching(tensor));
}

/** Runs `fn` with `recorder` active besides those that are. */
export function recordWith<T>(recorder: Recorder, fn: () => T): T {
  return withRecorders([...recorders, recorder], fn);
}

/** Runs `fn` with `recorder` inactive. */
export function recordWithout<T>(recorder: Recorder, fn: () => T): T {
  return withRecorders(
    recorders.filter((active) => active !== recorder),
    fn,
  );
}

/** Runs `fn` unseen by any tape: no memory is kept for backward and no gradient flows through it. */
export function stopRecording<T>(fn: () => T): T {
  return withRecorders([], fn);
}

function withRecorders<T>(active: readonly Recorder[], fn: () => T): T {
  const before = recorders;
  recorders = active;
  try {
    return fn();
  } finally {
    recorders = before;
  }
}
