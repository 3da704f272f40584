// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, stateRecord, ValueError } from '@tapeloop/core';

/** Keys and children of a nested value, in the order in which leaves are counted. */
export type Entries = readonly (readonly [key: string, child: unknown])[];

/**
 * The children of an array, plain object or state record; `undefined` for a leaf. Keys of plain
 * objects come sorted, fields of records in their own order, as in TensorFlow's `tf.nest`.
 */
export function entriesOf(node: unknown): Entries | undefined {
  if (Array.isArray(node)) return node.map((child: unknown, i) => [String(i), child]);
  if (typeof node !== 'object' || node === null) return undefined;
  if (stateRecord in node) return Object.entries(node);
  const prototype = Object.getPrototypeOf(node);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A value of the class and keys of `node` with other children, given in the order of `entriesOf`. */
export function withChildren(node: unknown, children: readonly unknown[]): unknown {
  if (Array.isArray(node)) return [...children];
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(node));
  (entriesOf(node) ?? []).forEach(([key], i) => {
    copy[key] = children[i];
  });
  return copy;
}

/**
 * Checks that `shallow` is nested as `node` is at its own level: the same kind and the same keys.
 *
 * @throws TypeError when the kind differs, ValueError when the keys or their number do.
 */
export function checkSameLevel(
  op: string,
  argument: string,
  shallow: unknown,
  node: unknown,
): void {
  const [found, wanted] = [entriesOf(shallow), entriesOf(node)];
  const sameKind =
    (found === undefined) === (wanted === undefined) &&
    (found === undefined || Object.getPrototypeOf(shallow) === Object.getPrototypeOf(node));
  if (!sameKind) {
    const expected = wanted === undefined ? 'one value' : `nested as ${kindOf(node)}`;
    throw new TypeError(argumentMessage({ op, argument, expected, received: shallow }));
  }
  const keys = (entries: Entries | undefined) => (entries ?? []).map(([key]) => key);
  if (keys(found).join() !== keys(wanted).join()) {
    const expected = `${kindOf(node)} with the keys ${keys(wanted).join(', ') || 'none'}`;
    throw new ValueError(argumentMessage({ op, argument, expected, received: shallow }));
  }
}

/**
 * `fn` applied to each pair of leaves of two trees of the same structure.
 *
 * @throws TypeError or ValueError when the structures differ.
 */
export function zipLeaves(
  op: string,
  argument: string,
  tree: unknown,
  other: unknown,
  fn: (leaf: unknown, otherLeaf: unknown) => unknown,
): unknown {
  checkSameLevel(op, argument, other, tree);
  const entries = entriesOf(tree);
  if (entries === undefined) return fn(tree, other);
  const others = entriesOf(other) ?? [];
  return withChildren(
    tree,
    entries.map(([, child], i) => zipLeaves(op, argument, child, others[i]?.[1], fn)),
  );
}

function kindOf(node: unknown): string {
  if (Array.isArray(node)) return 'an array';
  const isPlain = typeof node === 'object' && node !== null && !(stateRecord in node);
  return isPlain ? 'a plain object' : `a ${node?.constructor?.name ?? 'record'}`;
}
