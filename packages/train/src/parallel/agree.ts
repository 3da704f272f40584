// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { gatherValues } from './gather-values.ts';

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
  const wishes = await gatherValues(communicator, wish ?? null);
  return wishes.find((each) => each !== null) ?? undefined;
}
