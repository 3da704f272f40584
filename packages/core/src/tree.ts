// SPDX-License-Identifier: Apache-2.0
import { Tensor } from './tensor.ts';

/**
 * Tensors in any nesting of arrays, maps, plain objects and state records. Anything else is passed
 * over.
 */
export type Tree = unknown;

/**
 * Marks a class as a state record: a node of a tree whose fields are its entries. Give the class
 * `get [stateRecord]() { return true; }`. Other class instances are never looked into.
 */
export const stateRecord: unique symbol = Symbol('tapeloop.stateRecord');

/** The tensors of a tree, depth first, in the order of its entries. */
export function tensorsIn(tree: Tree): Tensor[] {
  const found: Tensor[] = [];
  collect(tree, found);
  return found;
}

/**
 * A tree of the same structure with `fn` applied to each tensor. Records keep their class, so that
 * an `LSTMState` stays one.
 */
export function mapTensors<T>(tree: T, fn: (tensor: Tensor) => Tensor): T;
export function mapTensors(tree: Tree, fn: (tensor: Tensor) => Tensor): Tree {
  if (tree instanceof Tensor) return fn(tree);
  if (Array.isArray(tree)) return tree.map((entry) => mapTensors(entry, fn));
  if (tree instanceof Map) {
    return new Map([...tree].map(([key, entry]) => [key, mapTensors(entry, fn)]));
  }
  if (!isRecord(tree)) return tree;
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(tree));
  for (const [key, entry] of Object.entries(tree)) copy[key] = mapTensors(entry, fn);
  return copy;
}

function collect(tree: Tree, found: Tensor[]): void {
  if (tree instanceof Tensor) found.push(tree);
  else if (Array.isArray(tree)) for (const entry of tree) collect(entry, found);
  else if (tree instanceof Map) for (const entry of tree.values()) collect(entry, found);
  else if (isRecord(tree)) for (const entry of Object.values(tree)) collect(entry, found);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || stateRecord in value;
}
