// SPDX-License-Identifier: Apache-2.0

/** Base of every error that Tapeloop throws on purpose, except argument types (a `TypeError`). */
export class TapeloopError extends Error {
  override name = 'TapeloopError';
}

/** An argument has the right type but a value that the operation cannot take. */
export class ValueError extends TapeloopError {
  override name = 'ValueError';
}

/** Tensor shapes do not fit each other or the operation. */
export class ShapeError extends ValueError {
  override name = 'ShapeError';
}

/** A tensor has a dtype that the operation does not take. */
export class DTypeError extends TypeError {
  override name = 'DTypeError';
}

/** A tensor, tape or parameter was used after its memory had been given back. */
export class DisposedError extends TapeloopError {
  override name = 'DisposedError';
}

/** A gradient was asked for that does not exist or cannot be computed. */
export class GradientError extends TapeloopError {
  override name = 'GradientError';
}

/** The WebAssembly heap has no room for a tensor; nothing was allocated. */
export class OutOfMemoryError extends TapeloopError {
  override name = 'OutOfMemoryError';
}

/** The runtime is missing, not ready, or not one that Tapeloop can run on. */
export class RuntimeError extends TapeloopError {
  override name = 'RuntimeError';
}

/** The parts of an argument error's message. */
export interface ArgumentProblem {
  /** The operation that was called, as the user wrote it. */
  readonly op: string;
  /** The argument's name. */
  readonly argument: string;
  /** What it must be. */
  readonly expected: string;
  /** What came. */
  readonly received: unknown;
  /** What to do about it, when the mistake is a common one. */
  readonly hint?: string;
}

/** Builds `op: argument must be expected, got received. hint`. */
export function argumentMessage(problem: ArgumentProblem): string {
  const { op, argument, expected, received, hint } = problem;
  const message = `${op}: ${argument} must be ${expected}, got ${show(received)}.`;
  return hint === undefined ? message : `${message} ${hint}`;
}

/** How much is shown of a value: characters, entries of a list, lists in lists. */
const [LONGEST, MOST, DEEPEST] = [160, 8, 3];

/** Prints a received value the way a reader would write it, cut to a line however long or deep it is. */
export function show(value: unknown): string {
  const text = textOf(value, DEEPEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function textOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
  if (Array.isArray(value)) {
    if (depth === 0) return '[…]';
    const entries = value.slice(0, MOST).map((entry) => textOf(entry, depth - 1));
    if (value.length > MOST) entries.push(`… ${value.length} in all`);
    return `[${entries.join(', ')}]`;
  }
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'object' && value !== null) {
    const name: unknown = value.constructor?.name;
    const isPlain = typeof name !== 'string' || name === 'Object';
    return isPlain ? `{ ${Object.keys(value).join(', ')} }` : `a ${name}`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}
