// SPDX-License-Identifier: Apache-2.0
import { argumentMessage } from '@tapeloop/core';
import { LSTMState } from './lstm-state.ts';
import { checkSameLevel, entriesOf, withChildren } from './nest.ts';

/**
 * Says which parts of a state are dropped. It is called on the whole state and then on every part
 * that it lets through, down to the leaves. `false` spares the part with all in it; `true` drops a
 * leaf, and looks into a structure; a structure of booleans like the part, one level deep, answers
 * for each entry.
 */
export type StateFilterVisitor = (part: unknown) => unknown;

/** What of a structure is dropped: a boolean, or a structure of them that stops at every `false`. */
export type FilterTree = unknown;

/**
 * Spares the cell state `c` of an `LSTMState` and drops everything else: dropping `c` would multiply
 * the memory of an LSTM by noise at every step.
 */
export function defaultStateFilter(part: unknown): unknown {
  return part instanceof LSTMState ? new LSTMState({ c: false, h: true }) : true;
}

/**
 * What a visitor makes of a structure.
 *
 * @throws TypeError when the visitor returns a structure for a leaf, anything but a boolean where a
 *   boolean is due, or a structure of another kind than the part's; ValueError when its keys differ.
 * @see TensorFlow's `tf.nest.get_traverse_shallow_structure`.
 */
export function filterTree(visitor: StateFilterVisitor, structure: unknown): FilterTree {
  const verdict = visitor(structure);
  const entries = entriesOf(structure);
  if (entries === undefined) {
    if (typeof verdict === 'boolean') return verdict;
    throw badVerdict('a boolean for a leaf', verdict);
  }
  if (verdict === false) return false;
  if (verdict === true) {
    return withChildren(
      structure,
      entries.map(([, child]) => filterTree(visitor, child)),
    );
  }
  const verdicts = entriesOf(verdict);
  if (verdicts === undefined) {
    throw badVerdict('a boolean or a structure of booleans', verdict);
  }
  checkSameLevel(OP, RESULT, verdict, structure);
  return withChildren(
    structure,
    entries.map(([, child], i) => {
      const each = verdicts[i]?.[1];
      if (typeof each !== 'boolean')
        throw badVerdict('a structure of booleans one level deep', each);
      return each && filterTree(visitor, child);
    }),
  );
}

const OP = 'dropoutStateFilterVisitor';
const RESULT = 'the result';

function badVerdict(expected: string, received: unknown): TypeError {
  return new TypeError(argumentMessage({ op: OP, argument: RESULT, expected, received }));
}
