// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import { crc32c } from '../crc32c.ts';
import type { Communicator } from './communicator.ts';
import { CommunicatorError } from './communicator-error.ts';

/**
 * Checks that the parameters of all ranks are the same to the bit, by a checksum of each (CRC-32C).
 * It reads every parameter once and sends four bytes for each: do it now and then, not at every step.
 *
 * @param parameters the same on every rank, in the same order.
 * @throws CommunicatorError on every rank, naming the first parameter that differs and the ranks that
 *   differ from rank 0.
 */
export async function checkReplicas(
  communicator: Communicator,
  parameters: readonly Parameter[],
): Promise<void> {
  if (communicator.size === 1) return;
  const checksums = Uint32Array.from(parameters, checksumOf);
  const gathered = await communicator.allGather(new Uint8Array(checksums.buffer));
  const [first, ...others] = gathered.map(({ buffer }) => new Uint32Array(buffer));
  for (const [i, { name }] of parameters.entries()) {
    const differing = others.flatMap((each, k) => (each[i] === first?.[i] ? [] : [k + 1]));
    const [rank] = differing;
    if (rank === undefined) continue;
    throw new CommunicatorError(
      `checkReplicas: parameter ${name} must be the same on all ranks, but differs from rank 0 on ` +
        `rank ${differing.join(', ')}. Start from the same values (broadcastParameters), and let every ` +
        'rank make the same updates.',
      rank,
    );
  }
}

function checksumOf({ value }: Parameter): number {
  const { buffer, byteOffset, byteLength } = value.view();
  return crc32c(new Uint8Array(buffer, byteOffset, byteLength));
}
