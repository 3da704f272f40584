// SPDX-License-Identifier: Apache-2.0
import { GradientError } from './errors.ts';
import { currentPath } from './ledger.ts';
import type { Recording, TensorSpec } from './recording.ts';
import { keep } from './scope.ts';
import type { Tensor } from './tensor.ts';

/** One op on a tape: what backward needs of it, without its inputs and outputs themselves. */
export interface TapeNode
  extends Pick<Recording, 'name' | 'broadcasts' | 'onceDifferentiable' | 'rule'> {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Where the op ran: `layer/path:op`. */
  readonly origin: string;
  /** The tape's own handles, emptied when they are freed. */
  readonly saved: Tensor[];
  /** The storage version of each saved tensor when it was saved. */
  readonly versions: readonly number[];
}

/** Makes a tape's node of an op that ran, with handles of its own to what the rule needs. */
export function tapeNode(recording: Recording): TapeNode {
  const { name, broadcasts, onceDifferentiable, rule } = recording;
  const path = currentPath();
  const saved = recording.saved().map((tensor) => keep(tensor.cloneHandle()));
  return {
    name,
    broadcasts,
    onceDifferentiable,
    rule,
    inputs: recording.inputs.map(specOf),
    outputs: recording.outputs.map(specOf),
    origin: path === '' ? name : `${path}:${name}`,
    saved,
    versions: saved.map((tensor) => tensor.storage.version),
  };
}

/** Frees what a node saved. */
export function releaseSaved(node: TapeNode): void {
  for (const tensor of node.saved) tensor.dispose();
  node.saved.length = 0;
}

/** @throws GradientError when a saved value was overwritten since the op ran. */
export function assertUnchanged({ saved, versions, origin }: TapeNode): void {
  saved.forEach((tensor, i) => {
    if (tensor.storage.version === versions[i]) return;
    throw new GradientError(
      `gradient: a value that ${origin} needs for backward was changed in place after it ran ` +
        '(a parameter updated between forward and backward?). Compute gradients before updating.',
    );
  });
}

function specOf({ id, shape, dtype }: Tensor): TensorSpec {
  return { id, shape, dtype };
}
