// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';

/**
 * The value of every rank, by rank.
 *
 * @param own plain data that JSON keeps; of the same type on every rank.
 */
export async function gatherValues<T>(communicator: Communicator, own: T): Promise<T[]> {
  const gathered = await communicator.allGather(encodeJson(own));
  return gathered.map((bytes) => decodeJson<T>(bytes));
}
