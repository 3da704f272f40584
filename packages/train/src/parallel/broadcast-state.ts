// SPDX-License-Identifier: Apache-2.0
import { dispose, type Parameter, showShape, type Tensor, ValueError } from '@tapeloop/core';
import type { Optimizer } from '@tapeloop/optim';
import type { Communicator } from './communicator.ts';
import { gatherValues } from './gather-values.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';

/**
 * Gives every rank the values of rank `root`'s parameters, so that replicas begin alike.
 *
 * @throws ValueError when the ranks' parameters differ in name, shape or order; nothing is changed
 *   then.
 */
export async function broadcastParameters(
  communicator: Communicator,
  parameters: readonly Parameter[],
  root = 0,
): Promise<void> {
  await checkAlike(communicator, 'broadcastParameters', parameters.map(describe), root);
  for (const parameter of parameters) {
    const values = await broadcastCopy(communicator, parameter.value, root);
    parameter.update((elements) => elements.set(values));
  }
}

/**
 * Gives every rank the state of rank `root`'s optimizer: moments, counts of steps, the scale of the
 * learning rate.
 *
 * @throws ValueError when the ranks' optimizers keep different things; nothing is changed then.
 */
export async function broadcastOptimizer(
  communicator: Communicator,
  optimizer: Optimizer,
  root = 0,
): Promise<void> {
  const { tensors, scalars } = optimizer.state();
  try {
    const own = [...tensors].map(([name, { shape }]) => describe({ name, shape }));
    await checkAlike(communicator, 'broadcastOptimizer', own, root);
    for (const tensor of tensors.values()) {
      const values = await broadcastCopy(communicator, tensor, root);
      tensor.view().set(values);
    }
    optimizer.restore({ tensors, scalars: await broadcastValue(communicator, scalars, root) });
  } finally {
    dispose([...tensors.values()]);
  }
}

/**
 * Gives every rank a value of rank `root`, such as the states of random streams.
 *
 * @param value plain data that JSON keeps; of the same type on every rank.
 */
export async function broadcastValue<T>(
  communicator: Communicator,
  value: T,
  root = 0,
): Promise<T> {
  const own = communicator.rank === root ? encodeJson(value) : undefined;
  return decodeJson(await broadcastBytes(communicator, own, root));
}

/**
 * Gives every rank the bytes of rank `root`, whose number only that one knows.
 *
 * @param own `undefined` on every other rank.
 */
export async function broadcastBytes(
  communicator: Communicator,
  own: Uint8Array | undefined,
  root = 0,
): Promise<Uint8Array> {
  const length = Float64Array.of(own?.length ?? 0);
  await communicator.broadcast(new Uint8Array(length.buffer), root);
  const bytes = own ?? new Uint8Array(length[0] ?? 0);
  await communicator.broadcast(bytes, root);
  return bytes;
}

/** Rank `root`'s elements. They travel as a copy: the heap may move meanwhile. */
async function broadcastCopy(
  communicator: Communicator,
  tensor: Tensor,
  root: number,
): Promise<ReturnType<Tensor['data']>> {
  const values = tensor.data();
  const { buffer, byteOffset, byteLength } = values;
  await communicator.broadcast(new Uint8Array(buffer, byteOffset, byteLength), root);
  return values;
}

/** Every rank hears of every other, so that all throw when one does. */
async function checkAlike(
  communicator: Communicator,
  op: string,
  own: readonly string[],
  root: number,
): Promise<void> {
  const all = await gatherValues(communicator, own);
  const reference = all[root] ?? own;
  for (const [rank, theirs] of all.entries()) {
    const longer = theirs.length > reference.length ? theirs : reference;
    const i = longer.findIndex((_, k) => theirs[k] !== reference[k]);
    if (i < 0) continue;
    throw new ValueError(
      `${op}: all ranks must have the same tensors, but rank ${rank} has ${theirs[i] ?? 'no more'} ` +
        `where rank ${root} has ${reference[i] ?? 'no more'}.`,
    );
  }
}

function describe({ name, shape }: Pick<Parameter, 'name' | 'shape'>): string {
  return `${name} ${showShape(shape)}`;
}
