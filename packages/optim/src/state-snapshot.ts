// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  ShapeError,
  sameShape,
  showShape,
  type Tensor,
  ValueError,
} from '@tapeloop/core';
import type { StateEntries } from './transform.ts';

/** A copy of all that an optimizer keeps, by name: what goes into a checkpoint. */
export interface OptimizerState {
  /** `rule/what/parameter`, such as `adam/m/rnn/cell0/kernel`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** `iterations`, and `rule/what`, such as `adam/step`. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** Copies the entries. The tensors belong to the caller. */
export function snapshot({ tensors, scalars }: StateEntries): OptimizerState {
  const copies = [...tensors].map(([name, tensor]) => [name, tensor.copy('state')] as const);
  const numbers = [...scalars].map(([name, { value }]) => [name, value] as const);
  return { tensors: new Map(copies), scalars: Object.fromEntries(numbers) };
}

/**
 * Overwrites the entries with a snapshot's values.
 *
 * @throws ValueError when the names are not the entries' own, or a number is not finite, ShapeError
 *   or ValueError when a tensor is not of the entry's shape and dtype; nothing is changed then.
 */
export function writeSnapshot(op: string, entries: StateEntries, state: OptimizerState): void {
  const numbers = new Map(Object.entries(state.scalars));
  checkNames(op, 'tensors', entries.tensors, state.tensors);
  checkNames(op, 'scalars', entries.scalars, numbers);
  const tensorPairs = [...entries.tensors].flatMap(([name, to]) => {
    const from = state.tensors.get(name);
    return from === undefined ? [] : [{ name, to, from }];
  });
  for (const pair of tensorPairs) checkTensor(op, pair);
  for (const [name, value] of numbers) checkNumber(op, name, value);
  for (const { to, from } of tensorPairs) to.view().set(from.view());
  for (const [name, cell] of entries.scalars) cell.value = numbers.get(name) ?? cell.value;
}

/** Copies the values of entries into those of the same name. */
export function copyEntries(from: StateEntries, to: StateEntries): void {
  for (const [name, tensor] of from.tensors) to.tensors.get(name)?.view().set(tensor.view());
  for (const [name, { value }] of from.scalars) {
    const cell = to.scalars.get(name);
    if (cell !== undefined) cell.value = value;
  }
}

/** Frees the tensors of the entries. */
export function disposeEntries({ tensors }: StateEntries): void {
  for (const tensor of tensors.values()) tensor.dispose();
}

type Named = ReadonlyMap<string, unknown>;

function checkNames(op: string, argument: string, expected: Named, received: Named): void {
  const missing = [...expected.keys()].filter((name) => !received.has(name));
  const extra = [...received.keys()].filter((name) => !expected.has(name));
  if (missing.length === 0 && extra.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`lacks ${list(missing)}`] : []),
    ...(extra.length > 0 ? [`has ${list(extra)}, which this optimizer does not keep`] : []),
  ];
  throw new ValueError(
    `${op}: ${argument} must be those that state() gives for the same rules and parameters, but ` +
      `${parts.join(' and ')}.`,
  );
}

function checkTensor(
  op: string,
  { name, to, from }: { readonly name: string; readonly to: Tensor; readonly from: Tensor },
): void {
  from.assertAlive();
  if (from.dtype !== to.dtype) {
    throw new ValueError(
      argumentMessage({ op, argument: name, expected: to.dtype, received: from.dtype }),
    );
  }
  if (sameShape(from.shape, to.shape)) return;
  const expected = `of shape ${showShape(to.shape)}`;
  throw new ShapeError(
    argumentMessage({ op, argument: name, expected, received: showShape(from.shape) }),
  );
}

function checkNumber(op: string, name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) return;
  throw new ValueError(
    argumentMessage({ op, argument: name, expected: 'a finite number', received: value }),
  );
}

/** The first names of a list that may be long. */
function list(names: readonly string[]): string {
  const SHOWN = 3;
  const rest = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return names.slice(0, SHOWN).join(', ') + rest;
}
