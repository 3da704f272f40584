// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, type Shape } from '@tapeloop/core';
import { entriesOf, withChildren } from './nest.ts';

/** The size of one tensor without its batch: a width, or a shape. */
export type Size = number | { readonly shape: Shape };

/**
 * Sizes in the structure of the state, output or input that they describe. An array is a structure
 * of its entries: write `{ shape: [4, 5] }` for one tensor of that shape.
 */
export type SizeTree = unknown;

/** The dimensions that a size stands for, or `undefined` when it is a structure of sizes. */
export function dimensionsOf(size: SizeTree): Shape | undefined {
  if (typeof size === 'number') return [size];
  if (typeof size !== 'object' || size === null || Array.isArray(size)) return undefined;
  const keys = Object.keys(size);
  if (keys.length !== 1 || !('shape' in size) || !Array.isArray(size.shape)) return undefined;
  return size.shape.every((entry) => typeof entry === 'number') ? size.shape : undefined;
}

/** `fn` applied to each size. @throws TypeError when a leaf is no size. */
export function mapSizes(op: string, size: SizeTree, fn: (dimensions: Shape) => unknown): unknown {
  const dimensions = dimensionsOf(size);
  if (dimensions !== undefined) {
    checkDimensions(op, dimensions);
    return fn(dimensions);
  }
  const entries = entriesOf(size);
  if (entries === undefined) throw badSize(op, size);
  return withChildren(
    size,
    entries.map(([, child]) => mapSizes(op, child, fn)),
  );
}

/** Number of sizes in a tree of them. */
export function countSizes(op: string, size: SizeTree): number {
  let count = 0;
  mapSizes(op, size, () => count++);
  return count;
}

function checkDimensions(op: string, dimensions: Shape): void {
  if (dimensions.every((size) => Number.isSafeInteger(size) && size >= 0)) return;
  throw badSize(op, dimensions);
}

function badSize(op: string, received: unknown): TypeError {
  const expected = 'a whole number, { shape }, or a nesting of them';
  return new TypeError(argumentMessage({ op, argument: 'size', expected, received }));
}
