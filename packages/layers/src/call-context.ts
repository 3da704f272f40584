// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, type Tensor, withPath } from '@tapeloop/core';

/** A training flag as callers write it; `null` and `undefined` mean that none is given. */
export type TrainingFlag = boolean | 0 | 1 | null | undefined;

/** What every call of a layer or cell takes besides its inputs. */
export interface CallContext {
  /**
   * Whether layers that behave differently in training do so. Without it the flag of the enclosing
   * call holds, and `false` where there is none.
   */
  readonly training?: TrainingFlag;
  /**
   * `bool` `[batch, time]`: which steps of each row count. Layers over time obey it, others do not
   * look at it; `Layer.computeMask` says what comes after a layer.
   */
  readonly mask?: Tensor;
}

/** Something whose calls nest: a module. */
export interface Callee {
  readonly name: string;
  /** The path segment of a child, `''` for one that shows through, `undefined` for a stranger. */
  childName(child: Callee): string | undefined;
}

interface Frame {
  readonly callee: Callee | undefined;
  readonly path: string;
  readonly training: boolean | undefined;
  readonly isDryRun: boolean;
}

const outermost: Frame = { callee: undefined, path: '', training: undefined, isDryRun: false };
let innermost = outermost;

/**
 * Runs `fn` with this flag for every layer inside that is not told otherwise, as an enclosing layer
 * would: for models that are plain functions.
 *
 * @throws TypeError when `training` is neither a boolean nor 0 or 1.
 */
export function withTraining<T>(training: boolean | 0 | 1, fn: () => T): T {
  return inFrame({ ...innermost, training: checkTraining('withTraining', training) }, fn);
}

/** The flag of the enclosing call, `undefined` outside any or where none was given. */
export function enclosingTraining(): boolean | undefined {
  return innermost.training;
}

/**
 * The flag that a call runs with: the explicit one, else the enclosing call's, else `undefined`.
 *
 * @throws TypeError for anything but a boolean, 0, 1, `null` and `undefined`.
 */
export function resolveTraining(op: string, explicit: TrainingFlag): boolean | undefined {
  return checkTraining(op, explicit) ?? innermost.training;
}

/** The path of the running call from the outermost module, such as `model/rnn/cell0`. */
export function callPath(): string {
  return innermost.path;
}

/** True inside a call that only builds: layers that remember something must not. */
export function isDryRun(): boolean {
  return innermost.isDryRun;
}

/** Runs `fn` as the body of a call of `callee`. */
export function enterCall<T>(callee: Callee, training: boolean | undefined, fn: () => T): T {
  const segment = innermost.callee?.childName(callee) ?? callee.name;
  const frame = { ...innermost, callee, training, path: joinPath(innermost.path, segment) };
  return inFrame(frame, segment === '' ? fn : () => withPath(segment, fn));
}

/** Runs `fn` as a call that only builds. */
export function dryRun<T>(fn: () => T): T {
  return inFrame({ ...innermost, isDryRun: true }, fn);
}

/** `a/b`, without the slash where one of them is empty. */
export function joinPath(a: string, b: string): string {
  return a === '' || b === '' ? a + b : `${a}/${b}`;
}

function inFrame<T>(frame: Frame, fn: () => T): T {
  const outer = innermost;
  innermost = frame;
  try {
    return fn();
  } finally {
    innermost = outer;
  }
}

function checkTraining(op: string, training: unknown): boolean | undefined {
  if (training === undefined || training === null) return undefined;
  if (typeof training === 'boolean') return training;
  if (training === 0 || training === 1) return training === 1;
  const expected = 'a boolean, 0 or 1';
  throw new TypeError(argumentMessage({ op, argument: 'training', expected, received: training }));
}
