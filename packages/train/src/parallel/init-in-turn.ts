// SPDX-License-Identifier: Apache-2.0
import { type InitOptions, init } from '@tapeloop/core';
import type { Communicator } from './communicator.ts';

/**
 * `init` on one rank after the other. Wide mode is a setting of the whole process while kernels are
 * compiled: threads that compile at the same time may end up with the slower normal mode.
 *
 * @throws what `init` throws; on the other ranks CommunicatorError, as soon as that rank has left the
 *   group.
 */
export async function initInTurn(communicator: Communicator, options?: InitOptions): Promise<void> {
  for (let rank = 0; rank < communicator.size; rank++) {
    if (rank === communicator.rank) await init(options);
    await communicator.barrier();
  }
}
