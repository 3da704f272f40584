// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';

/**
 * What the lowest rank that wants anything wants, so that all ranks do the same: whose clock says that
 * the time is up, who was asked to stop. `undefined` when nobody wants anything.
 *
 * @param wish of this rank; plain text.
 */
export async function agree<Wish extends string>(
  communicator: Communicator,
  wish: Wish | undefined,
): Promise<Wish | undefined> {
  if (communicator.size === 1) return wish;
  const wishes = await communicator.allGather(new TextEncoder().encode(wish ?? ''));
  const first = wishes.find((bytes) => bytes.length > 0);
  // Every rank passes wishes of the same type.
  return first === undefined ? undefined : (new TextDecoder().decode(first) as Wish);
}
